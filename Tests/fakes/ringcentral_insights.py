"""What the fake's AI Conversation Expert says of a recording, and how what it says can be odd.

Every recording that is old enough has insights; they follow from its call alone, so that a test
knows them. `reshaped` makes of them what the description does not allow and the field has seen.
"""

import datetime

import fakehttp

DIALOGUE = (("ours", "Thank you for calling, how can I help you?"),
            ("theirs", "I would like to leave a message."),
            ("ours", "Certainly, I will write it down."),
            ("theirs", "Thank you, goodbye."))

KINDS = {"NextSteps": lambda talk: [talk.unit("ours", "Call back tomorrow.")],
         "Transcript": lambda talk: talk.transcript(),
         "Summary": lambda talk: [{"value": "A caller left a message.", "start": 0.0,
                                   "end": talk.seconds}],
         "Highlights": lambda talk: [talk.unit("theirs", "A message was left.")],
         "BulletedSummary": lambda _: [{"value": "Message taken", "section": "Outcome"}],
         "AIScore": lambda _: [{"value": "7.5"}],
         "CallNotes": lambda _: [{"value": "Message.\nCall back."}],
         "Sentiment": lambda _: [{"value": "Positive"}]}


class Talk:
    """A recording of one part of a call."""

    def __init__(self, row, part, start):
        self.row, self.part, self.start = row, part, start
        milliseconds = part.get("durationMs", part.get("duration", 0) * 1000)
        self.milliseconds, self.seconds = milliseconds, milliseconds / 1000
        self.end = start + datetime.timedelta(milliseconds=milliseconds)
        sides = [part.get("from", {}), part.get("to", {})]
        if part.get("direction") == "Outbound":
            sides.reverse()
        theirs, ours = sides
        session = part.get("telephonySessionId", row.get("telephonySessionId", ""))
        self.session = session
        self.ids = {"ours": f"p-{session[2:]}-2", "theirs": f"p-{session[2:]}-1"}
        self.owner = ours.get("extensionId", "0")
        self.speakers = [self.speaker("theirs", theirs), self.speaker("ours", ours)]

    def speaker(self, side, party):
        """One end of the call; what is not known of it is left out."""
        known = {"speakerId": self.ids[side], "name": party.get("name"),
                 "extensionId": party.get("extensionId"), "phoneNumber": party.get("phoneNumber")}
        return {name: value for name, value in known.items() if value is not None}

    def unit(self, side, value):
        """A remark on something that one side said."""
        return {"speakerId": self.ids[side], "value": value, "start": 0.0, "end": self.seconds}

    def transcript(self):
        """Four turns that reach from the beginning to the end."""
        step = self.seconds / len(DIALOGUE)
        return [{"speakerId": self.ids[side], "text": text, "start": round(index * step, 2),
                 "end": round((index + 1) * step, 2)}
                for index, (side, text) in enumerate(DIALOGUE)]


def insights(talk, domain, kinds):
    """A `RecordingInsights` with the kinds that were asked for."""
    identity = talk.part["recording"]["id"]
    made = talk.end + datetime.timedelta(minutes=29)
    return {"title": "Call", "domain": domain, "sourceRecordId": identity,
            "sourceSessionId": talk.session,
            "callDirection": talk.row.get("direction", "Inbound"), "ownerExtensionId": talk.owner,
            "rsRecordUri": f"https://ringsense.example.com/record/{identity}",
            "recordingDurationMs": int(talk.milliseconds),
            "recordingStartTime": fakehttp.rfc3339(talk.start),
            "creationTime": fakehttp.rfc3339(made), "lastModifiedTime": fakehttp.rfc3339(made),
            "speakerInfo": talk.speakers,
            "insights": {kind: KINDS[kind](talk) for kind in kinds}}


def reshaped(reply, shape):
    """The same as the field has seen it; `shape` is one of SHAPES."""
    return SHAPES[shape](reply)


def partial(reply):
    """The transcript ends early, as where a call became a conference."""
    reply["insights"]["Transcript"] = reply["insights"].get("Transcript", [])[:2]
    return reply


def without_transcript(reply):
    """The notes are there, and nothing else yet."""
    reply["insights"].pop("Transcript", None)
    return reply


def empty_transcript(reply):
    """A transcript without a word."""
    reply["insights"]["Transcript"] = []
    return reply


def null_speakers(reply):
    """Outside parties without their ids."""
    for speaker in reply["speakerInfo"]:
        if "extensionId" not in speaker:
            speaker.update(speakerId=None, extensionId=None, accountId=None)
    ours = {speaker["speakerId"] for speaker in reply["speakerInfo"]}
    for utterance in reply["insights"].get("Transcript", []):
        if utterance["speakerId"] not in ours:
            utterance["speakerId"] = None
    return reply


def missing_keys(reply):
    """The least that can be called insights."""
    inner = reply["insights"]
    lines = [{"text": line["text"]} for line in inner.get("Transcript", [])]
    return {"sourceRecordId": reply["sourceRecordId"], "insights": {"Transcript": lines}}


def lower_case(reply):
    """Keys as some have met them, and as the documentation misspells one."""
    inner = {name[0].lower() + name[1:]: value for name, value in reply["insights"].items()}
    if "highlights" in inner:
        inner["HighLights"] = inner.pop("highlights")
    return {**reply, "insights": inner}


def on_top(reply):
    """Without the object around them."""
    inner = reply.pop("insights")
    return {**reply, **{name.lower(): value for name, value in inner.items()}}


def unknown_keys(reply):
    """What nobody has described yet, on every level."""
    reply["insights"]["Emotion"] = [{"value": "calm", "weight": 1.50}]
    reply["rank"] = {"by": "usage"}
    for line in reply["insights"].get("Transcript", []):
        line["tone"] = "even"
    return reply


def stranger(reply):
    """Those of another recording."""
    return {**reply, "sourceRecordId": "0"}


SHAPES = {shape.__name__: shape for shape in
          (partial, without_transcript, empty_transcript, null_speakers, missing_keys, lower_case,
           on_top, unknown_keys, stranger)}
