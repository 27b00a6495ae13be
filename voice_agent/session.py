"""Hold one call: LiveKit's session speaks and listens, the call core says what is to be done, the brain answers.

The same on every leg. What differs is where sound comes from and goes to (the session's input and output), and how
the phone is put down (`legs.port.Leg`).
"""

import asyncio
from uuid import UUID

import aiohttp
from livekit import rtc
from livekit.agents import (
    NOT_GIVEN,
    AgentSession,
    AgentStateChangedEvent,
    CloseEvent,
    ConversationItemAddedEvent,
    ErrorEvent,
    SpeechCreatedEvent,
    UserStateChangedEvent,
    llm,
    vad,
)
from livekit.agents.voice import SpeechHandle

from voice_agent import gateway, opening, turns, vendors
from voice_agent.account import Account
from voice_agent.agent import CallAgent
from voice_agent.backchannel import Backchannel
from voice_agent.beeps import Beeps
from voice_agent.core.call import Call
from voice_agent.core.cost_clock import CostClock
from voice_agent.core.messages import (
    CallPeople,
    Command,
    Ending,
    Event,
    GoOn,
    HangUp,
    Hush,
    Line,
    Note,
    Reserve,
    Retry,
    Say,
    WrapUp,
)
from voice_agent.core.states import TALKING, Kind, State
from voice_agent.filler import Filler
from voice_agent.greetings import Greeting
from voice_agent.guests import Guests
from voice_agent.hearing import Attention
from voice_agent.keeping import Keeping, Kept
from voice_agent.legs.port import Gone, Leg
from voice_agent.line import CallLine
from voice_agent.people import People
from voice_agent.sampling import Sampler

_WRAP_UP = "The call has to end in less than a minute: settle what is open and say goodbye."
# What the model is told of keys, and how long a caller who types may pause.
_PRESSED = "(The caller pressed {keys} on the keypad.)"
_KEYS_S = 1.5
# The log should know that we put the phone down before the carrier asks what follows; the caller need not wait for it.
_TELL_S = 3.0
# Where an answer is owed, and the caller may hear that it is being made.
_MAY_FILL = (State.THINKING, State.TOOL)
# A carrier joins within a second.
_LET_GO_S = 5.0
# A goodbye is said before the line is put down; the session need not wait longer for words after it.
_CLOSE_S = 0.2


class CallSession:
    """One call from the first word to the last; `core` says where it stands."""

    def __init__(
        self,
        call: gateway.CallBrief,
        brain: gateway.Speaking,
        leg: Leg,
        ears: vad.VAD | None,
        clock: CostClock,
        keeping: Keeping | None = None,
    ) -> None:
        """Take the call, who answers it and its line; `ears` tell voice from silence, None where nothing is heard."""
        self._keeping: Keeping = keeping or Kept(call)
        self._account = Account(call, leg.name, self._keeping)
        self._loop = asyncio.get_running_loop()
        self._call, self._brain, self._leg = call, brain, leg
        self.core = Call(opening.rules_of(call, brain), clock, self._loop.time())
        self._http = aiohttp.ClientSession()
        spec, rate = brain.spec, leg.mouth.coding.rate
        made = vendors.of(call.settings, spec.model, spec.max_tokens, self._http, rate, ears is not None)
        # The connection stands when the first words are there to be said.
        made.voice.prewarm()
        self._attention = Attention(made.ear.give_up)
        self._first_words = Greeting(call.settings, made.own_voice)
        self._filler = Filler(call.settings, made.own_voice, leg, lambda: self.core.state in _MAY_FILL)
        # It is said while the caller speaks on, who does not break it off.
        listener = Filler(call.settings, made.own_voice, leg, lambda: self.core.state == State.LISTENING)
        self._backchannel = Backchannel(call.settings, listener)
        self.session: AgentSession[None] = AgentSession(
            stt=made.ear,
            llm=made.mind,
            tts=made.voice,
            vad=ears,
            conn_options=vendors.CONNECTING,
            turn_handling=turns.options(call.settings),
            # Telephones have echo cancellation of their own; the default would ignore callers for three seconds.
            aec_warmup_duration=None,
            # Silence is the call core's matter.
            user_away_timeout=None,
            session_close_transcript_timeout=_CLOSE_S,
        )
        self.guests = Guests(call, self, leg, made.ear)
        self.agent = CallAgent(
            call, brain, self, lambda kind: self._tell(Event(kind)), self._account.used, self.guests.overhear
        )
        self.sampler = Sampler(call, self, leg)
        partners = (self.guests, self.sampler) if self._keeping.is_kept else (None, None)
        self._line = brain.line = CallLine(leg, self._tell, lambda: self.agent.words, *partners)
        self._people = People(call, brain, self, self._keeping)
        self._beeps = Beeps() if opening.is_ours(call) else None
        self._own: dict[str, int] = {}
        self._handles: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._keys = ""
        self._has_spoken = False
        self._keys_timer: asyncio.TimerHandle | None = None
        self._early = ""
        self._typing: asyncio.Task[None] | None = None
        self._letting_go: asyncio.TimerHandle | None = None
        self._hanging_up: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Start to listen and greet, once the line is open. Sound in and out are the session's own by then."""
        on = self.session.on
        on("user_state_changed", self._on_caller)
        on("agent_state_changed", self._on_agent)
        on("conversation_item_added", self._on_item)
        on("speech_created", self._on_speech)
        on("error", self._on_error)
        on("close", self._on_close)
        if (mouth := self.session.output.audio) is not None:
            mouth.on("playback_progressed", lambda _: self._tell(Event(Kind.AGENT_AUDIO)))
        await self.session.start(self.agent, record=False)
        self._account.log("agent.joined", "joined", {})
        self._tell(Event(Kind.ANSWERED))
        greeting = self.spoken(Line.GREETING)
        if self.session.output.audio is not None:
            await self._first_words.prepare(self.agent.pronouncing.said(greeting))
        # Whoever picks up a call of ours speaks first.
        if not opening.is_ours(self._call):
            self._tell(Event(Kind.OPENED, greeting))
            if not greeting:
                self.session.generate_reply()
        self.look()

    def tell(self, kind: Kind, reason: str = "") -> None:
        """Tell the call what the line or a person did."""
        self._tell(Event(kind, reason=reason))

    def look(self) -> None:
        """Have taken what people asked of this call, and what the carrier told of who picked up."""
        if self.core.state == State.ENDED or not self._keeping.is_kept:
            return
        self._account.later(self._people.look())
        if self._beeps is not None:
            self._account.later(self._look_at_pickup())

    async def _look_at_pickup(self) -> None:
        for kind in await gateway.picked_up(self.call_id):
            self._tell(Event(kind))

    async def speak(self, line: Line) -> None:
        """Say a line instead of whatever is being said, and wait until it was heard."""
        await self.session.interrupt(force=True)
        handle = self.session.say(self.spoken(line))
        handle.add_done_callback(lambda _: self._tell(Event(Kind.AGENT_FINISHED)))
        await handle.wait_for_playout()

    def keep_line(self, who: str, text: str, by: str = "") -> None:
        """Keep a line that was said while the agent was silent; `by` is the person's name."""
        if self.core.state != State.ENDED:
            self._account.said(who, text, by=by)

    @property
    def call_id(self) -> UUID:
        """Which call it is."""
        return self._call.call_id

    def counts(self, text: str) -> bool:
        """Tell whether words of the caller are heard, and not only a sign that they listen."""
        self._attention.understood()
        self._backchannel.understand(text)
        self._follow(self.core.hears(text, self._loop.time()))
        return self.core.counts(text)

    def listen(self, frame: rtc.AudioFrame) -> None:
        """Take sound of the line, in which a machine may beep and somebody may speak for long."""
        self._backchannel.hear(frame, self.session.user_state == "speaking", self.core.state == State.LISTENING)
        if self._beeps is not None and self._beeps.hear(bytes(frame.data), frame.sample_rate):
            self._tell(Event(Kind.BEEP))

    def answers(self, text: str) -> bool:
        """Tell whether the model answers a turn; one that it does not is kept, and the call's own matter."""
        is_for_model = self.core.answers(text)
        if not is_for_model:
            self._on_line("caller", text, is_interrupted=False, began=None)
        return is_for_model

    def press(self, key: str) -> None:
        """Take a key the caller pressed; what they typed is answered when they pause, or press #."""
        self._account.pressed(key)
        if self._keys_timer is not None:
            self._keys_timer.cancel()
        self._keys += key
        wait = 0.0 if key == "#" else _KEYS_S
        self._keys_timer = self._loop.call_later(wait, self._on_keys)

    def write(self, text: str) -> None:
        """Take a line the caller wrote as if it had been said; one written too early waits until the agent begins."""
        if self.core.state in (State.RINGING, State.ANSWERED):
            self._early = f"{self._early} {text}".strip()
        elif self.core.state in TALKING:
            self._typing = self._loop.create_task(self._take_words(text))

    async def end(self, gone: Gone = Gone.STOPPED) -> None:
        """Take it that the line is gone, keep what is left to keep, and let everything go."""
        was_moving = await self._line.settled()
        self._tell(Event(Kind.HUNG_UP))
        for waiting in (self._timer, self._keys_timer, self._typing, self._letting_go):
            if waiting is not None:
                waiting.cancel()
        self.sampler.stop()
        await self.guests.leave()
        await self.drop()
        if self._hanging_up is not None:
            await self._hanging_up
        if gone == Gone.LOST:
            # The caller may still be there: the carrier asks what follows, and tells how the call ends.
            gateway.log.warning("voice.line_lost", call=str(self._call.call_id))
        elif was_moving or self.core.ending == Ending.TRANSFERRED:
            # The call goes on without the agent; where that is not sure, the carrier tells how it ends.
            await self._account.tell("agent.left", "left", {"ending": str(self.core.ending)})
        else:
            ended = {"status": "completed", "ending": str(self.core.ending or "")}
            await self._account.tell("call.ended", "ended", ended)

    async def drop(self) -> None:
        """Let everything go of a call that could not begin."""
        self._attention.stop()
        self._first_words.stop()
        self._filler.stop()
        self._backchannel.stop()
        await self.session.aclose()
        await self._people.leave()
        await self._account.close()
        await self._http.close()

    def _on_keys(self) -> None:
        keys, self._keys = self._keys, ""
        if self.core.state in TALKING:
            self._typing = self._loop.create_task(self._take_words(_PRESSED.format(keys=" ".join(keys))))

    async def _take_words(self, words: str) -> None:
        # What was being said is kept before what broke it off.
        await self.session.interrupt()
        self.session.generate_reply(user_input=words)

    def _tell(self, event: Event) -> None:
        self._follow(self.core.handle(event, self._loop.time()))
        if event.kind == Kind.TRANSFER_DONE:
            # A carrier that took the caller away ends the line itself; one that does not is not waited for.
            self._letting_go = self._loop.call_later(_LET_GO_S, self._hang_up)

    def _follow(self, commands: list[Command]) -> None:
        """Do what the call wants done, and come back to it when time has something to say."""
        for command in commands:
            self._do(command)
        if self._early and self.core.state in TALKING:
            early, self._early = self._early, ""
            self.write(early)
        if self._timer is not None:
            self._timer.cancel()
        due = self.core.next_at()
        self._timer = self._loop.call_at(due, self._tell, Event(Kind.TICK)) if due is not None else None

    def _do(self, command: Command) -> None:
        match command:
            case Say(line=Line.ONE_MOMENT):
                self._fill()
            case Say():
                self._say(command)
            case Retry():
                self._retry()
            case GoOn():
                self.session.generate_reply()
            case Hush():
                self.session.interrupt(force=True)
            case Note(who):
                self._account.log(*opening.noted(who))
            case WrapUp():
                self.agent.hint = _WRAP_UP
            case CallPeople(reason):
                self._account.later(self._call_people(reason))
            case HangUp():
                self._hang_up()
            case Reserve(micros):
                self._account.later(self._reserve(micros))

    def _retry(self) -> None:
        self.session.interrupt(force=True)
        if self._has_spoken or not self.spoken(Line.GREETING):
            self.session.generate_reply()
        else:
            # Callers who have heard nothing yet are still owed the first words.
            self.session.say(self.spoken(Line.GREETING))

    def _fill(self) -> None:
        # Who reads along sees that an answer is being made.
        if self.session.output.audio is not None:
            self._filler.say(self.agent.pronouncing.said(self.spoken(Line.ONE_MOMENT)))

    def _say(self, said: Say) -> None:
        if said.is_last:
            self.guests.wait_no_more()
            self.sampler.stop()
            self.session.interrupt(force=True)
        text = self.spoken(said.line)
        handle = self.session.say(
            text,
            audio=(said.line == Line.GREETING and self._first_words.frames()) or NOT_GIVEN,
            allow_interruptions=not said.is_last,
        )
        self._own[handle.id] = said.speech

        def on_said(_: SpeechHandle) -> None:
            self._tell(Event(Kind.AGENT_FINISHED, "" if handle.interrupted else text, speech=said.speech))

        handle.add_done_callback(on_said)

    def spoken(self, line: Line) -> str:
        """Return the words of a line in this call."""
        return opening.spoken(line, self._call, self._brain)

    def _on_caller(self, event: UserStateChangedEvent) -> None:
        if event.new_state == "speaking":
            self._attention.spoke()
            self._filler.hush()
        else:
            self._attention.paused()
        self._tell(Event(Kind.CALLER_SPOKE if event.new_state == "speaking" else Kind.CALLER_PAUSED))

    def _on_agent(self, event: AgentStateChangedEvent) -> None:
        if event.new_state == "speaking":
            self._has_spoken = True
            speech = self.session.current_speech
            self._tell(Event(Kind.AGENT_SPOKE, speech=self._own.get(speech.id, 0) if speech else 0))

    def _on_item(self, event: ConversationItemAddedEvent) -> None:
        item = event.item
        if not isinstance(item, llm.ChatMessage) or item.role not in ("user", "assistant"):
            return
        who, began = "caller" if item.role == "user" else "agent", item.metrics.get("started_speaking_at")
        self._on_line(who, item.text_content or "", item.interrupted, began)

    def _on_line(self, who: str, text: str, is_interrupted: bool, began: float | None) -> None:
        self._account.said(who, text, is_interrupted=is_interrupted, began=began)
        if who == "caller":
            self._tell(Event(Kind.TURN_TAKEN, text))

    def _on_speech(self, event: SpeechCreatedEvent) -> None:
        if event.source == "generate_reply" and event.speech_handle.id not in self._handles:
            self._handles.add(event.speech_handle.id)
            event.speech_handle.add_done_callback(self._on_answered)

    def _on_answered(self, handle: SpeechHandle) -> None:
        """Keep an answer as it was said, with all it rests on, and go on from it."""
        said = [one for one in handle.chat_items if isinstance(one, llm.ChatMessage) and one.role == "assistant"]
        text = " ".join(one.text_content or "" for one in said).strip()
        answer = self.agent.answer_of(handle.chat_items)
        if answer is not None:
            if text:
                answer.was_said()
            self._account.later(self._keep(answer, text, handle.interrupted))
        self._tell(Event(Kind.AGENT_FINISHED, "" if handle.interrupted else text))

    def _on_error(self, event: ErrorEvent) -> None:
        # What a vendor recovers from is its matter; what is left has gone through every stand-in.
        if not getattr(event.error, "recoverable", True):
            self._tell(Event(Kind.BROKEN, reason="A vendor of speech or the language model is down."))

    def _on_close(self, event: CloseEvent) -> None:
        if self.core.state != State.ENDED:
            self._hang_up()

    def _hang_up(self) -> None:
        """Put the phone down, whatever else is still being kept; asked again, it is put down again."""
        self._hanging_up = self._loop.create_task(self._put_down())

    async def _put_down(self) -> None:
        telling = asyncio.create_task(self._account.tell("agent.left", "left", {"ending": str(self.core.ending or "")}))
        await asyncio.wait({telling}, timeout=_TELL_S)
        try:
            await self._leg.hang_up()
            await telling
        except Exception as error:
            gateway.log.error("voice.work_failed", call=str(self._call.call_id), error=repr(error))

    async def _keep(self, answer: gateway.Answer, text: str, is_interrupted: bool) -> None:
        with gateway.scope(self._call):
            await self._brain.keep(answer, text, is_interrupted)

    async def _reserve(self, micros: int) -> None:
        granted = 0
        try:
            granted = await self._keeping.reserve(micros)
        finally:
            # Without an answer there is no money: the call closes before what it has is used up.
            self._tell(Event(Kind.CREDITED, micros=granted))

    async def _call_people(self, reason: str) -> None:
        with gateway.scope(self._call):
            await self._brain.call_people(reason)
