"""Hold what is said in a call in our own words, in the languages agents speak."""

from voice_agent.core.messages import Line

_WORDS: dict[Line, dict[str, str]] = {
    Line.GREETING: {
        "en": "Hello, how can I help?",
        "fr": "Bonjour, comment puis-je vous aider ?",
        "es": "Hola, ¿en qué puedo ayudarle?",
        "de": "Guten Tag, was kann ich für Sie tun?",
    },
    Line.OPENING: {
        "en": "Hello, this is {agent} calling for {business}.",
        "fr": "Bonjour, ici {agent}, je vous appelle de la part de {business}.",
        "es": "Hola, soy {agent} y le llamo de parte de {business}.",
        "de": "Guten Tag, hier ist {agent}, ich rufe im Auftrag von {business} an.",
    },
    Line.BACK: {
        "en": "I am sorry, nobody answered there. What else can I do for you?",
        "fr": "Désolé, personne n'a répondu. Que puis-je faire d'autre pour vous ?",
        "es": "Lo siento, nadie contestó. ¿Qué más puedo hacer por usted?",
        "de": "Es tut mir leid, dort hat niemand abgenommen. Was kann ich sonst für Sie tun?",
    },
    Line.PUTTING_THROUGH: {
        "en": "One moment, I am putting you through.",
        "fr": "Un instant, je vous mets en relation.",
        "es": "Un momento, le paso la llamada.",
        "de": "Einen Moment, ich verbinde Sie.",
    },
    Line.BACK_FROM_PERSON: {
        "en": "This is {agent} again. What else can I do for you?",
        "fr": "C'est de nouveau {agent}. Que puis-je faire d'autre pour vous ?",
        "es": "Soy {agent} de nuevo. ¿Qué más puedo hacer por usted?",
        "de": "Hier ist wieder {agent}. Was kann ich sonst für Sie tun?",
    },
    Line.LOST_PERSON: {
        "en": "I am sorry, my colleague's line broke off. This is {agent} again. How can I help?",
        "fr": "Désolé, la ligne de mon collègue a été coupée. C'est de nouveau {agent}. Comment puis-je vous aider ?",
        "es": "Lo siento, se cortó la línea de mi colega. Soy {agent} de nuevo. ¿En qué puedo ayudarle?",
        "de": "Die Leitung zu meinem Kollegen brach leider ab. Hier ist wieder {agent}. Was kann ich für Sie tun?",
    },
    Line.BACK_FROM_HOLD: {
        "en": "Thank you for waiting. How can I go on helping you?",
        "fr": "Merci d'avoir patienté. Comment puis-je continuer à vous aider ?",
        "es": "Gracias por esperar. ¿Cómo puedo seguir ayudándole?",
        "de": "Danke, dass Sie gewartet haben. Wie kann ich Ihnen weiterhelfen?",
    },
    Line.ASK_FOR_VOICE: {
        "en": "May {business} have a copy of your voice made, which speaks for it? Please say yes or no.",
        "fr": "{business} peut-il faire une copie de votre voix, qui parlera en son nom ? Dites oui ou non.",
        "es": "¿Puede {business} hacer una copia de su voz, que hable en su nombre? Diga sí o no.",
        "de": "Darf {business} eine Kopie Ihrer Stimme machen lassen, die in ihrem Namen spricht? Ja oder nein?",
    },
    Line.SPEAK_SAMPLE: {
        "en": "Thank you. Now please speak for half a minute, about whatever you like. I am listening.",
        "fr": "Merci. Parlez maintenant pendant une demi-minute, de ce que vous voulez. Je vous écoute.",
        "es": "Gracias. Ahora hable durante medio minuto, de lo que quiera. Le escucho.",
        "de": "Danke. Bitte sprechen Sie jetzt eine halbe Minute, worüber Sie möchten. Ich höre zu.",
    },
    Line.STILL_THERE: {
        "en": "Are you still there?",
        "fr": "Êtes-vous toujours là ?",
        "es": "¿Sigue ahí?",
        "de": "Sind Sie noch da?",
    },
    Line.ONE_MOMENT: {
        "en": "One moment.",
        "fr": "Un instant.",
        "es": "Un momento.",
        "de": "Einen Moment.",
    },
    Line.TIME_UP: {
        "en": "We have to stop here. Thank you for calling. Goodbye.",
        "fr": "Nous devons nous arrêter là. Merci de votre appel. Au revoir.",
        "es": "Tenemos que terminar aquí. Gracias por llamar. Adiós.",
        "de": "Wir müssen hier aufhören. Danke für Ihren Anruf. Auf Wiederhören.",
    },
    Line.GOODBYE: {
        "en": "Thank you for calling. Goodbye.",
        "fr": "Merci de votre appel. Au revoir.",
        "es": "Gracias por llamar. Adiós.",
        "de": "Danke für Ihren Anruf. Auf Wiederhören.",
    },
    Line.APOLOGY: {
        "en": "I am sorry, I cannot go on just now. Somebody will call you back. Goodbye.",
        "fr": "Je suis désolé, je ne peux pas continuer. Quelqu'un vous rappellera. Au revoir.",
        "es": "Lo siento, ahora no puedo seguir. Alguien le devolverá la llamada. Adiós.",
        "de": "Es tut mir leid, ich kann gerade nicht weitermachen. Sie werden zurückgerufen. Auf Wiederhören.",
    },
    Line.WHO_CALLS: {
        "en": "This is {agent} calling for {business}.",
        "fr": "C'est {agent}, de la part de {business}.",
        "es": "Soy {agent}, de parte de {business}.",
        "de": "Hier ist {agent}, im Auftrag von {business}.",
    },
    Line.VOICEMAIL: {
        "en": "This is {agent} calling for {business}. Please call us back. Goodbye.",
        "fr": "C'est {agent}, de la part de {business}. Merci de nous rappeler. Au revoir.",
        "es": "Soy {agent}, de parte de {business}. Por favor, devuélvanos la llamada. Adiós.",
        "de": "Hier ist {agent}, im Auftrag von {business}. Bitte rufen Sie zurück. Auf Wiederhören.",
    },
}


def of(line: Line, language: str, agent: str = "", business: str = "") -> str:
    """Return the words of a line; English where the language has none."""
    known = _WORDS[line]
    return known.get(language[:2].lower(), known["en"]).format(agent=agent, business=business)
