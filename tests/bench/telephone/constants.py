"""Name what every line that is measured has in common: the vendors' own times, how turns are taken, what is said."""

# Seconds from the end of a speech to its words, to the model's first word, and to the first sound of a voice.
HEARD_S, THOUGHT_S, SPOKEN_S = 0.15, 0.30, 0.10
# Silence after which the detector of voices says a speech is over, and how long it is waited on after that.
SILENCE_S, WAIT_S = 0.25, 0.10
# Speech that stops the agent.
INTERRUPTS_S = 0.2
# What the vendors take of a turn where the model is asked before the turn is over, and where it is asked after it.
EARLY_S = max(HEARD_S + THOUGHT_S, SILENCE_S + WAIT_S) + SPOKEN_S
LATE_S = max(HEARD_S, SILENCE_S + WAIT_S) + THOUGHT_S + SPOKEN_S
# A caller's speech that lasts longer asks for the long answer; the stand-in cannot know their words.
SHORT_QUESTION_S, LONG_S, LONG_QUESTION_S = 0.6, 1.0, 1.4
SHORT_QUESTION, LONG_QUESTION = "Are you open?", "Please tell me everything about it."
SHORT_ANSWER = "Yes of course."
LONG_ANSWER = "We are open all week, and on Saturday until noon. " * 8
GREETING = "Hello."
