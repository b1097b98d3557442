"""corpus.py: calls with personal data at known places, and with numbers that are none.

calls(seed, count) yields a record a call, with the truth beside it. A plant or a decoy is a list of
places, each the number of a segment and the words that stand there.
"""
import random

UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
         "eighteen", "nineteen"]
TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December"]
ORDINALS = ["", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth",
            "ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth",
            "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth"]
CHAT = [
    "Thank you for holding, how can I help you today?", "I would like to change my reservation.",
    "Let me have a look at that for you.", "We arrive on Friday evening, the four of us.",
    "That one is not available, I am afraid.", "Could you spell the name for me, please?",
    "We had a lovely stay the first time.", "One moment, the system is slow today.",
    "I called twice, and no one called me back.", "The second floor has a view of the lake.",
    "Is breakfast included in the price?", "Two of the rooms have a balcony.",
    "I will send you the confirmation by mail.", "Oh, that is great, thank you so much.",
    "My husband is the one who made the booking.", "Somebody double checked it for me.",
]
GOT_IT = ["Okay.", "Mm-hmm.", "Yes.", "Got it, go ahead.", "All right.", "Uh huh.", "Okay, and then?"]
NAMES = ["john", "mary", "peter", "susan", "oliver", "lucy", "walter", "nina"]
FAMILY = ["smith", "miller", "jones", "baker", "olsen", "garcia", "novak", "king"]
HOSTS = ["example", "mailbox", "lakeside", "northwind", "contoso"]
ENDS = ["com", "net", "org", "co.uk", "de"]
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def luhn(body):
    """The digits with the check digit of ISO/IEC 7812-1."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


def passes(digits):
    return luhn(digits[:-1]) == digits


class Call:
    def __init__(self, rng, number):
        self.rng, self.number = rng, number
        self.turns, self.plants, self.decoys = [], [], []

    def digits(self, count):
        return "".join(str(self.rng.randrange(10)) for _ in range(count))

    def say(self, who, text):
        self.turns.append((who, text))
        return len(self.turns) - 1

    def chat(self, most=3):
        for _ in range(self.rng.randint(0, most)):
            self.say(self.rng.choice(["agent", "customer"]), self.rng.choice(CHAT))

    # -- ways to say a number

    def spoken(self, digits):
        """As people say digits: one by one, in doubles, or two by two."""
        style = self.rng.choice(["each", "each", "double", "pairs"])
        words, at = [], 0
        while at < len(digits):
            digit = int(digits[at])
            if style == "double" and at + 1 < len(digits) and digits[at + 1] == digits[at]:
                words += ["double", UNITS[digit]]
                at += 2
                continue
            pair = int(digits[at:at + 2]) if at + 2 <= len(digits) else 0
            if style == "pairs" and pair >= 10:
                words.append(TEENS[pair - 10] if pair < 20
                             else TENS[pair // 10] + (f" {UNITS[pair % 10]}" if pair % 10 else ""))
                at += 2
                continue
            words.append(self.rng.choice(["oh", "zero"]) if digit == 0 else UNITS[digit])
            at += 1
        if self.rng.random() < 0.3 and len(words) > 4:
            place = self.rng.randrange(2, len(words) - 1)
            if words[place - 1] != "double" and " " not in words[place]:
                words.insert(place, self.rng.choice(["uh", "um", "and", "dash", "then"]))
        return " ".join(words)

    def written(self, digits, groups):
        parts, at = [], 0
        for group in groups:
            parts.append(digits[at:at + group])
            at += group
        text = self.rng.choice([" ", "-", " ", ", ", ". "]).join(p for p in parts if p)
        kind = self.rng.random()
        if kind < 0.05:
            return text.translate(ARABIC)
        if kind < 0.08:
            return text.translate(WIDE)
        if kind < 0.14:
            return "\u200b".join(text)
        return text

    def plant(self, kind, *places):
        self.plants.append((kind, list(places)))

    def decoy(self, kind, *places):
        self.decoys.append((kind, list(places)))

    # -- plants

    def card(self):
        prefix, length = self.rng.choice([
            ("4", 16), ("4", 16), ("51", 16), ("55", 16), ("2221", 16), ("34", 15), ("37", 15),
            ("6011", 16), ("65", 16), ("3530", 16), ("36", 14), ("4", 13), ("62", 19)])
        digits = luhn(prefix + self.digits(length - 1 - len(prefix)))
        way = self.rng.choice(["whole", "grouped", "spoken", "turns", "spoken turns", "parties",
                               "readback", "wrong", "bare"])
        if way == "bare":
            place = self.say("customer", f"It is {digits}, if you need it.")
            return self.plant("card", (place, digits))
        self.say("agent", self.rng.choice([
            "May I have your credit card number, please?", "And which card would you like to use?",
            "Could you read me the long number on the card?"]))
        if way == "whole":
            place = self.say("customer", f"Sure, it's {digits}.")
            return self.plant("card", (place, digits))
        if way == "grouped":
            text = self.written(digits, [4, 4, 4, 7] if length > 15 else [4, 6, 5])
            place = self.say("customer", f"Yes, {text}.")
            return self.plant("card", (place, text))
        if way == "spoken":
            text = self.spoken(digits)
            place = self.say("customer", f"Okay, {text}")
            return self.plant("card", (place, text))
        if way == "wrong":
            wrong = digits[:-1] + str((int(digits[-1]) + 3) % 10)
            place = self.say("customer", f"The number is {wrong}.")
            return self.plant("number", (place, wrong))
        parts = [digits[at:at + 4] for at in range(0, length, 4)]
        places = []
        for index, part in enumerate(parts):
            who = "customer"
            text = self.spoken(part) if way == "spoken turns" else part
            if way == "parties" and index % 2:
                who = "agent"
            places.append((self.say(who, text + "."), text))
            if way == "readback":
                places.append((self.say("agent", text + "."), text))
            elif way != "parties" and index + 1 < len(parts) and self.rng.random() < 0.7:
                self.say("agent", self.rng.choice(GOT_IT))
        self.plant("card", *places)

    def cvv(self):
        code = self.digits(self.rng.choice([3, 3, 4]))
        prompt = self.rng.choice([
            "And the security code on the back?", "What is the CVV?",
            "I also need the three digits on the back of it.", "And the CVC, please."])
        self.say("agent", prompt)
        text = self.rng.choice([code, self.spoken(code)])
        place = self.say("customer", self.rng.choice(["That's {}.", "{}", "Uh, {}.", "It is {}."]).format(text))
        self.plant("cvv", (place, text))

    def ssn(self):
        area = self.rng.choice([a for a in range(1, 900) if a != 666])
        digits = f"{area:03}{self.rng.randrange(1, 100):02}{self.rng.randrange(1, 10000):04}"
        way = self.rng.choice(["dashes", "bare", "spoken", "turns"])
        dashed = f"{digits[:3]}-{digits[3:5]}-{digits[5:]}"
        if way == "dashes":
            place = self.say("customer", f"I have {dashed} here.")
            return self.plant("ssn", (place, dashed))
        self.say("agent", "For verification I need your social security number.")
        if way == "turns":
            parts = [digits[:3], digits[3:5], digits[5:]]
            return self.plant("ssn", *[(self.say("customer", f"{p}."), p) for p in parts])
        text = digits if way == "bare" else self.spoken(digits)
        place = self.say("customer", f"It's {text}.")
        self.plant("ssn", (place, text))

    def iban(self):
        body = self.digits(18)
        check = 98 - int(body + "131400") % 97
        account = f"DE{check:02}{body}"
        text = self.rng.choice([
            account, " ".join(account[at:at + 4] for at in range(0, 22, 4)),
            "D E " + " ".join(UNITS[int(d)] for d in account[2:])])
        place = self.say("customer", f"The account is {text}, with the bank in Berlin.")
        self.plant("iban", (place, text))

    def email(self):
        name, family = self.rng.choice(NAMES), self.rng.choice(FAMILY)
        host, end = self.rng.choice(HOSTS), self.rng.choice(ENDS)
        number = self.rng.choice(["", "7", "42"])
        way = self.rng.choice(["written", "spoken", "mixed", "spelled", "turns"])
        if way == "written":
            text = f"{name}.{family}{number}@{host}.{end}"
        elif way == "spoken":
            tail = "" if not number else " " + " ".join(UNITS[int(d)] for d in number)
            text = f"{name} dot {family}{tail} at {host} dot {end.replace('.', ' dot ')}"
        elif way == "mixed":
            text = f"{name}.{family} at {host}.{end}"
        elif way == "spelled":
            text = f"{' '.join(name)} at {host} dot {end.replace('.', ' dot ')}"
        else:
            first, second = f"{name} underscore {family} at", f"{host} dot {end.replace('.', ' dot ')}"
            return self.plant("email", (self.say("customer", first), first),
                              (self.say("customer", second), second))
        place = self.say("customer", f"Please send it to {text}, thanks.")
        self.plant("email", (place, text))

    def phone(self):
        digits = f"{self.rng.randrange(201, 899)}{self.rng.randrange(200, 999)}{self.digits(4)}"
        if digits[1:3] == "99":
            digits = "2" + "02" + digits[3:]
        way = self.rng.choice(["shaped", "plus", "bare", "spoken", "turns", "short"])
        if way == "shaped":
            text = self.rng.choice(["({}) {}-{}", "{}-{}-{}", "{}.{}.{}", "1-{}-{}-{}"]).format(
                digits[:3], digits[3:6], digits[6:])
            place = self.say("customer", f"That is {text}.")
        elif way == "plus":
            text = self.rng.choice([f"44 20 7{self.digits(3)} {self.digits(4)}", f"1{digits}", f"49 30 {self.digits(7)}"])
            place = self.say("customer", f"Write to +{text} any time.")
        elif way == "short":
            text = f"{digits[3:6]}-{digits[6:]}"
            place = self.say("customer", f"My phone is {text}.")
        elif way == "turns":
            self.say("agent", "What is the best phone number for you?")
            parts = [digits[:3], digits[3:6], digits[6:]]
            return self.plant("phone", *[(self.say("customer", f"{p}"), p) for p in parts])
        else:
            text = digits if way == "bare" else self.spoken(digits)
            place = self.say("customer", self.rng.choice([
                "My cell is {}.", "You can reach me at {}.", "My number is {}.", "Call me at {}."]).format(text))
        self.plant("phone", (place, text))

    def birth(self):
        day, month, year = self.rng.randrange(1, 21), self.rng.randrange(1, 13), self.rng.randrange(1935, 2006)
        spoken = f"{TEENS[9] if year < 2000 else 'two thousand'} " + (
            (TENS[year % 100 // 10] + (" " + UNITS[year % 10] if year % 10 else "")) if year < 2000
            else (UNITS[year % 10] if year % 10 else ""))
        text = self.rng.choice([
            f"{MONTHS[month - 1]} {day}, {year}", f"{month:02}/{day:02}/{year}", f"{year}-{month:02}-{day:02}",
            f"{MONTHS[month - 1]} {ORDINALS[day]} {spoken}".strip(), f"the {ORDINALS[day]} of {MONTHS[month - 1]} {year}"])
        if self.rng.random() < 0.5:
            self.say("agent", "Could you give me your date of birth?")
            place = self.say("customer", f"{text}.")
        else:
            place = self.say("customer", f"I was born {text}.")
        self.plant("birth", (place, text))

    # -- numbers that are nothing personal

    def order(self):
        text = self.digits(self.rng.choice([6, 8, 10, 11, 12]))
        text = str(self.rng.randrange(1, 10)) + text[1:]
        noun = self.rng.choice(["order number", "confirmation number", "tracking number", "booking reference"])
        self.decoy("order", (self.say("agent", f"Your {noun} is {text}."), text))

    def long_order(self):
        text = "9" + self.digits(15)
        self.decoy("long order", (self.say("agent", f"The tracking number is {text}."), text))

    def any_long(self):
        text = str(self.rng.randrange(1, 10)) + self.digits(15)
        self.decoy("16 digits", (self.say("agent", f"The serial number reads {text}."), text))

    def epoch(self):
        text = str(self.rng.randrange(1_500_000_000_000, 1_800_000_000_000))
        self.decoy("epoch", (self.say("agent", f"The log says {text} there."), text))

    def time(self):
        text = self.rng.choice([f"{self.rng.randrange(1, 12)}:{self.rng.randrange(10, 60)}",
                                f"{UNITS[self.rng.randrange(1, 10)]} thirty", "quarter past seven"])
        self.decoy("time", (self.say("customer", f"We will be there at {text} in the evening."), text))

    def amount(self):
        text = f"${self.rng.randrange(1, 9)},{self.digits(3)}.{self.digits(2)}"
        self.decoy("amount", (self.say("agent", f"The total comes to {text} for the week."), text))

    def amount_spoken(self):
        text = f"{UNITS[self.rng.randrange(1, 10)]} hundred and {TENS[self.rng.randrange(2, 10)]} dollars"
        self.decoy("amount", (self.say("agent", f"That would be {text} a night."), text))

    def room(self):
        text = f"room {self.rng.randrange(100, 999)}"
        self.decoy("room", (self.say("agent", f"You are in {text} with the view."), text))

    def date(self):
        text = f"{MONTHS[self.rng.randrange(12)]} {self.rng.randrange(1, 28)}, 2025"
        self.decoy("date", (self.say("customer", f"We arrive on {text} and stay a week."), text))

    def zip(self):
        text = f"{self.rng.randrange(10000, 99999)}-{self.digits(4)}"
        self.decoy("zip", (self.say("customer", f"The zip is {text} by the way."), text))

    def at_time(self):
        text = "at 5 dot 30"
        self.decoy("at", (self.say("customer", f"The train leaves {text} I think."), text))

    def pin(self):
        text = self.digits(4)
        self.decoy("pin", (self.say("agent", f"The door opens with {text} at night."), text))

    def count(self):
        text = f"{self.rng.randrange(2, 9)} adults and {self.rng.randrange(1, 5)} children"
        self.decoy("count", (self.say("customer", f"We are {text} this time."), text))

    def model(self):
        text = f"X{self.digits(3)}B{self.digits(4)}"
        self.decoy("model", (self.say("customer", f"The model is {text} as printed."), text))

    def group_of_nine(self):
        text = f"000-{self.digits(2)}-{self.digits(4)}"
        self.decoy("no ssn", (self.say("agent", f"The form shows {text} as a sample."), text))


PLANTS = [Call.card, Call.card, Call.card, Call.cvv, Call.ssn, Call.iban, Call.email, Call.phone, Call.birth]
DECOYS = [Call.order, Call.order, Call.long_order, Call.any_long, Call.epoch, Call.time, Call.amount,
          Call.amount_spoken, Call.room, Call.date, Call.zip, Call.at_time, Call.pin, Call.count,
          Call.model, Call.group_of_nine]


def words(text, start, end, rng):
    """The words with times; a word of digits may lack them, as WhisperX leaves it."""
    parts = text.split()
    step = (end - start) / max(1, len(parts))
    result = []
    for index, part in enumerate(parts):
        word = {"word": part, "start": round(start + index * step, 3), "end": round(start + (index + 1) * step, 3)}
        if any(c.isdigit() for c in part) and rng.random() < 0.3:
            del word["start"], word["end"]
        result.append(word)
    return result


def calls(seed, count):
    """Yields (record, segments with words, plants, decoys)."""
    for number in range(count):
        rng = random.Random(f"{seed} {number}")
        call = Call(rng, number)
        steps = [rng.choice(PLANTS) for _ in range(rng.choice([0, 1, 1, 2]))]
        steps += [rng.choice(DECOYS) for _ in range(rng.choice([1, 2, 3]))]
        rng.shuffle(steps)
        call.chat()
        for step in steps:
            step(call)
            # Enough talk between them that the words around one do not speak of the next.
            for _ in range(8):
                call.say(rng.choice(["agent", "customer"]), rng.choice(CHAT))
        at, segments = 0.5, []
        stereo = rng.random() < 0.7
        for who, text in call.turns:
            end = round(at + 0.3 * len(text.split()) + 0.4, 3)
            segment = {"start": round(at, 3), "end": end, "channel": 0, "text": text}
            if stereo:
                segment = {"start": round(at, 3), "end": end, "channel": 0 if who == "agent" else 1,
                           "speaker": who, "text": text}
            segment["words"] = words(text, segment["start"], end, rng)
            segments.append(segment)
            at = end + 0.2
        record = {
            "id": f"rc:{seed}{number:06}", "start": f"2026-03-{1 + number % 28:02}T10:00:00Z",
            "duration": round(at + 1), "direction": "inbound",
            "from": {"phone": "+12025550100"}, "to": {"phone": "+12025550199"}}
        yield record, segments, call.plants, call.decoys
