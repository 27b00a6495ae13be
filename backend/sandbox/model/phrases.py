"""The stand-in's own sentences, in the four languages the product speaks."""

_PHRASES = {
    "en": {
        "greeting": "Hello! How can I help?",
        "greeting_business": "Hello, this is {business}. How can I help?",
        "greeting_name": "Hello, this is {name}. How can I help?",
        "greeting_both": "Hello, this is {name} from {business}. How can I help?",
        "welcome": "You are welcome. Is there anything else I can help with?",
        "goodbye": "Goodbye, and thank you for writing.",
        "unknown": "I do not know that from what I was told. Shall I pass your question to the team?",
        "partly": "The rest I do not know. Shall I pass it to the team?",
        "noted": "I cannot act on that myself. Shall I pass it to the team?",
        "declined": "All right. Is there anything else I can help with?",
        "offer_person": "Of course. I cannot connect you from here myself; the team can read this conversation.",
        "left_for_team": "Thank you. The team can read it in this conversation.",
        "handed": "I have passed this to the team. A person will answer you here.",
        "bot": "I am an AI assistant, not a person. If you prefer a person, just ask for one.",
        "bot_business": "I am an AI assistant for {business}, not a person. If you prefer one, just ask.",
        "identity": "I am an AI assistant. I answer from what I was told.",
        "identity_business": "I am the AI assistant of {business}.",
        "identity_name": "I am {name}, an AI assistant.",
        "identity_both": "I am {name}, the AI assistant of {business}.",
        "missing": "I can do that. I still need {field}: what should I use?",
        "done": "Done.",
        "not_done": "That did not work: {reason}",
        "nothing_found": "I looked, and found nothing for that. Shall I pass your question to the team?",
    },
    "fr": {
        "greeting": "Bonjour ! Comment puis-je vous aider ?",
        "greeting_business": "Bonjour, ici {business}. Comment puis-je vous aider ?",
        "greeting_name": "Bonjour, ici {name}. Comment puis-je vous aider ?",
        "greeting_both": "Bonjour, ici {name}, de {business}. Comment puis-je vous aider ?",
        "welcome": "Avec plaisir. Puis-je vous aider pour autre chose ?",
        "goodbye": "Au revoir, et merci pour votre message.",
        "unknown": "Je ne le sais pas d'après ce qu'on m'a dit. Dois-je transmettre votre question à l'équipe ?",
        "partly": "Le reste, je ne le sais pas. Dois-je le transmettre à l'équipe ?",
        "noted": "Je ne peux pas m'en occuper moi-même. Dois-je le transmettre à l'équipe ?",
        "declined": "Très bien. Puis-je vous aider pour autre chose ?",
        "offer_person": "Bien sûr. Je ne peux pas vous connecter d'ici ; l'équipe peut lire cette conversation.",
        "left_for_team": "Merci. L'équipe peut le lire dans cette conversation.",
        "handed": "J'ai transmis votre demande à l'équipe. Une personne vous répondra ici.",
        "bot": "Je suis un assistant IA, pas une personne. Si vous préférez une personne, dites-le-moi.",
        "bot_business": "Je suis un assistant IA de {business}, pas une personne. Si vous en préférez une, dites-le.",
        "identity": "Je suis un assistant IA. Je réponds d'après ce qu'on m'a dit.",
        "identity_business": "Je suis l'assistant IA de {business}.",
        "identity_name": "Je suis {name}, un assistant IA.",
        "identity_both": "Je suis {name}, l'assistant IA de {business}.",
        "missing": "C'est possible. Il me manque encore ceci ({field}) : que dois-je indiquer ?",
        "done": "C'est fait.",
        "not_done": "Cela n'a pas marché : {reason}",
        "nothing_found": "J'ai cherché sans rien trouver. Dois-je transmettre votre question à l'équipe ?",
    },
    "es": {
        "greeting": "¡Hola! ¿En qué puedo ayudarle?",
        "greeting_business": "Hola, le atiende {business}. ¿En qué puedo ayudarle?",
        "greeting_name": "Hola, soy {name}. ¿En qué puedo ayudarle?",
        "greeting_both": "Hola, soy {name}, de {business}. ¿En qué puedo ayudarle?",
        "welcome": "De nada. ¿Puedo ayudarle en algo más?",
        "goodbye": "Adiós, y gracias por escribir.",
        "unknown": "No lo sé con lo que me han contado. ¿Paso su pregunta al equipo?",
        "partly": "El resto no lo sé. ¿Lo paso al equipo?",
        "noted": "No puedo ocuparme de eso yo mismo. ¿Lo paso al equipo?",
        "declined": "De acuerdo. ¿Puedo ayudarle en algo más?",
        "offer_person": "Claro. No puedo comunicarle desde aquí; el equipo puede leer esta conversación.",
        "left_for_team": "Gracias. El equipo puede leerlo en esta conversación.",
        "handed": "He pasado esto al equipo. Una persona le responderá aquí.",
        "bot": "Soy un asistente de IA, no una persona. Si prefiere una persona, dígamelo.",
        "bot_business": "Soy un asistente de IA de {business}, no una persona. Si prefiere una persona, dígamelo.",
        "identity": "Soy un asistente de IA. Respondo con lo que me han contado.",
        "identity_business": "Soy el asistente de IA de {business}.",
        "identity_name": "Soy {name}, un asistente de IA.",
        "identity_both": "Soy {name}, el asistente de IA de {business}.",
        "missing": "Puedo hacerlo. Me falta {field}: ¿qué debo usar?",
        "done": "Hecho.",
        "not_done": "No ha funcionado: {reason}",
        "nothing_found": "He buscado y no he encontrado nada. ¿Paso su pregunta al equipo?",
    },
    "de": {
        "greeting": "Hallo! Wie kann ich helfen?",
        "greeting_business": "Hallo, hier ist {business}. Wie kann ich helfen?",
        "greeting_name": "Hallo, hier ist {name}. Wie kann ich helfen?",
        "greeting_both": "Hallo, hier ist {name} von {business}. Wie kann ich helfen?",
        "welcome": "Gern geschehen. Kann ich sonst noch helfen?",
        "goodbye": "Auf Wiedersehen, und danke für die Nachricht.",
        "unknown": "Das weiß ich aus meinen Unterlagen nicht. Soll ich die Frage an das Team weitergeben?",
        "partly": "Das Übrige weiß ich nicht. Soll ich es an das Team weitergeben?",
        "noted": "Das kann ich nicht selbst erledigen. Soll ich es an das Team weitergeben?",
        "declined": "In Ordnung. Kann ich sonst noch helfen?",
        "offer_person": "Natürlich. Ich kann von hier nicht verbinden; das Team kann dieses Gespräch lesen.",
        "left_for_team": "Danke. Das Team kann es in diesem Gespräch lesen.",
        "handed": "Ich habe es an das Team weitergegeben. Ein Mensch antwortet hier.",
        "bot": "Ich bin ein KI-Assistent, kein Mensch. Fragen Sie einfach nach einem Menschen.",
        "bot_business": "Ich bin ein KI-Assistent von {business}, kein Mensch. Fragen Sie einfach nach einem Menschen.",
        "identity": "Ich bin ein KI-Assistent. Ich antworte aus meinen Unterlagen.",
        "identity_business": "Ich bin der KI-Assistent von {business}.",
        "identity_name": "Ich bin {name}, ein KI-Assistent.",
        "identity_both": "Ich bin {name}, der KI-Assistent von {business}.",
        "missing": "Das kann ich tun. Mir fehlt noch {field}: Was soll ich eintragen?",
        "done": "Erledigt.",
        "not_done": "Das hat nicht geklappt: {reason}",
        "nothing_found": "Ich habe gesucht und nichts gefunden. Soll ich die Frage an das Team weitergeben?",
    },
}


def say(language: str, phrase: str, **values: str) -> str:
    """Return a sentence in the language, its blanks filled."""
    return _PHRASES[language][phrase].format(**values)


def is_phrase(text: str, *phrases: str) -> bool:
    """Say whether a text contains one of these sentences in any language, whatever its blanks held."""
    for known in _PHRASES.values():
        for phrase in phrases:
            start, _, end = known[phrase].partition("{field}")
            if start.strip() in text and end.strip() in text:
                return True
    return False
