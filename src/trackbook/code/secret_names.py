"""Which names say that their value is a secret."""

from __future__ import annotations

import re
from fnmatch import translate
from typing import TYPE_CHECKING, Literal

from trackbook.code.parse import word_set

if TYPE_CHECKING:
    from collections.abc import Sequence

TOKEN = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
LONGEST_NAME = 200


class SecretNames:
    """Tells names of secrets from other names, some patterns of the user's included."""

    __slots__ = ("patterns", "verdicts")

    def __init__(self, patterns: Sequence[str] = ()) -> None:
        self.patterns = [re.compile(translate(one), re.IGNORECASE) for one in patterns]
        self.verdicts: dict[str, Literal["yes", "perhaps", "no"]] = {}

    def verdict(self, name: str) -> Literal["yes", "perhaps", "no"]:
        """Return whether a name says secret; `key` and `token` alone say perhaps."""
        known = self.verdicts.get(name)
        if known is None:
            known = self.verdicts[name] = self.judge(name[-LONGEST_NAME:])
            if len(self.verdicts) > MOST_VERDICTS:
                self.verdicts.clear()
        return known

    def judge(self, name: str) -> Literal["yes", "perhaps", "no"]:
        parts = {name, name.rpartition(".")[2]}
        if any(pattern.match(part) for pattern in self.patterns for part in parts):
            return "yes"
        tokens = [token.lower() for token in TOKEN.findall(name) if not token.isdigit()]
        if not tokens or tokens[-1] in ABOUT_IT:
            return "no"
        if tokens[-1] == "id" and "key" not in tokens:
            return "no"
        before = ["", *tokens[:-1]]
        verdicts = {word_verdict(*pair) for pair in zip(before, tokens, strict=True)}
        if "yes" in verdicts and tokens not in SHORT:
            return "yes"
        return "perhaps" if verdicts & {"yes", "perhaps"} else "no"


def word_verdict(before: str, word: str) -> Literal["yes", "perhaps", "no"]:
    """Return what one word of a name says, given the word before it."""
    if word == "key":
        if before in SECRET_KEYS:
            return "yes"
        return "no" if before in PLAIN_KEYS else "perhaps"
    if word == "token":
        return "no" if before in PLAIN_TOKENS else "yes"
    if word in {"pass", "pw"}:
        return "yes" if before in ACCOUNTS or word == "pw" else "no"
    if word in SECRET or word.endswith(SECRET_ENDINGS):
        return "yes"
    return "no"


MOST_VERDICTS = 5_000
SHORT = (["key"], ["token"], ["auth"])
SECRET = word_set(
    """
    apikey password passwords passwd pwd passphrase passphrases passcode secret secrets
    credential credentials creds auth oauth authorization bearer jwt
    """
)
SECRET_ENDINGS = (
    "password", "passwd", "passphrase", "apikey", "secretkey", "accesskey", "privatekey",
    "authtoken", "accesstoken", "apitoken", "userpwd", "dbpwd",
)  # fmt: skip
SECRET_KEYS = word_set(
    """
    api access secret private auth encryption encrypt decryption signing account master
    service client ssh gpg pgp aws azure gcp google openai anthropic hf huggingface
    wandb comet neptune license licence storage subscription shared session app
    application consumer deploy admin root stripe sendgrid twilio kaggle cohere mistral
    groq pinecone github gitlab slack telegram discord rsa dsa ecdsa fernet jwt hmac aes
    cipher vault minio webhook
    """
)
PLAIN_KEYS = word_set(
    """
    primary foreign sort sorting group grouping dict cache join index partition row
    column col merge public map lookup metric param parameter label target feature best
    max min sorted random rng prng hash unique composite natural surrogate json config
    state name record search order x y left right split time date first last next prev
    current other new old each any in on by for batch query registry hot arrow home end
    tab escape
    """
)
PLAIN_TOKENS = word_set(
    """
    pad padding eos bos unk cls sep mask special next start end stop image max min num n
    per new extra added first last prev previous current each word sub text input output
    prefix suffix target source begin newline space vocab subword byte speech video
    audio
    """
)
ACCOUNTS = word_set(
    """
    db user smtp mysql pg postgres redis admin root login email mail ftp ssh proxy my
    """
)
ABOUT_IT = word_set(
    """
    path paths file files filename dir url uri endpoint name names type types field
    fields column columns col cols length len size count counts ids header headers
    prefix suffix env var expiry ttl format regex pattern patterns scope scopes index
    idx map embedding embeddings limit budget pos position positions method mode
    provider required enabled error errors list tokens keys fn func function callback
    manager helper generator hash strength policy hint prompt help message msg class
    label labels cost price rate freq frequency usage range dtype transform
    """
)
