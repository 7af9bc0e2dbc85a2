"""What is kept out of every record."""

from __future__ import annotations

import argparse
import ast
import csv
import ftplib
import heapq
import inspect
import pprint
import pstats
import shlex
import smtplib
import ssl
import tokenize
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackbook.code import Secrets

SECRETS = Secrets()
AWS = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----"

SECRET_NAMES = """key api_key apiKey APIKey apikey OPENAI_API_KEY X_TOKEN token access_token hfToken
HF_TOKEN password db.password dbPassword dbpassword DB_PASSWORD passwd pwd passphrase secret
client_secret aws_secret_access_key aws_access_key_id credential credentials auth basic_auth
oauth_token x-api-key private_key ssh-key encryption_key token1 --api-key db_pass""".split()
PLAIN_NAMES = """keyboard monkey turkey keys tokens max_tokens num_tokens tokenizer tokenize pad_token
eos_token token_ids token_type author authors primary_key sort_key key_path password_length
credentials_file secretary hotkeys n_keys keyword passes compass password_hint x lr""".split()


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_a_name_that_says_secret_is_known(name):
    assert SECRETS.of_name(name)


@pytest.mark.parametrize("name", PLAIN_NAMES)
def test_other_names_say_nothing(name):
    assert not SECRETS.of_name(name)


def test_patterns_of_the_users_own_count():
    secrets = Secrets(["*_dsn", "salt"])
    assert secrets.of_name("DB_DSN")
    assert secrets.of_name("cfg.Salt")
    assert secrets.of_source('salt = "a"') == 'salt = "***"'
    assert not SECRETS.of_name("db_dsn")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("id AKIAIOSFODNN7EXAMPLE.", "id ***."),
        (f"aws_secret_access_key = {AWS}", "aws_secret_access_key = ***"),
        ("use sk-abc123def456ghi789jkl", "use ***"),
        ("sk_live_abcdefghijkl1234", "***"),
        ("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "***"),
        ("github_pat_11ABCDEFG0abcdefghijkl_mnop", "***"),
        ("xoxb-123456789012-abcdefghij", "***"),
        ("hf_abcdefghijklmnopqrstuvwxyz", "***"),
        ("glpat-abcdefghij0123456789", "***"),
        ("npm_abcdefghijklmnopqrstuvwxyz0123456789", "***"),
        ("pypi-AgEIcHlwaS5vcmcCJDU3", "***"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-def", "***"),
        (PEM, "***"),
        ("curl -H 'Authorization: Bearer x' u", "curl -H 'Authorization: Bearer ***' u"),
        ("postgres://u:p4ss@h/db", "postgres://u:***@h/db"),
        ("%env API_KEY=abc", "%env API_KEY=***"),
        ("!export TOKEN=abc && ls", "!export TOKEN=*** && ls"),
        ("run --token abc --n 3", "run --token *** --n 3"),
        ("run --api-key=abc", "run --api-key=***"),
        ("password: hunter2", "password: ***"),
        ('{"password": "hunter2", "n": 3}', '{"password": "***", "n": 3}'),
        ("https://h/a?x=1&api_key=abc&y=2", "https://h/a?x=1&api_key=***&y=2"),
    ],
)  # fmt: skip
def test_secrets_in_text_are_masked(text, masked):
    assert SECRETS.in_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "the password is long", "max_tokens=5", "token=5", "key=None", "--max-tokens 100", "--token $TOKEN",
        "pip install scikit-learn", "pip install sk-learn-contrib-metrics", "http://localhost:8888/x@y",
        "export TOKEN=$OTHER", "password=", "password: ", "for token in doc: count", "keyboard=abc", "",
        "postgres://{user}:{password}@h", "tokens: a b c", "key: value",
        "password: the user's password", "sorted(x, key=len)",
    ],
)  # fmt: skip
def test_ordinary_text_is_left_alone(text):
    assert SECRETS.in_text(text) == text


@pytest.mark.parametrize(
    ("name", "value", "masked"),
    [
        ("api_key", "abc", "***"),
        ("token", "", ""),
        ("token", "5", "***"),
        ("password", "24681012", "***"),
        ("password", "None", "***"),
        ("url", "http://u:p@h", "http://u:***@h"),
        ("name", "abc", "abc"),
    ],
)
def test_a_value_is_masked_by_its_name_or_its_form(name, value, masked):
    assert SECRETS.of_value(name, value) == masked


SOURCES = [
    ('api_key = "abc"', 'api_key = "***"'),
    ("api_key: str = 'abc'", "api_key: str = '***'"),
    ('a, password = 1, "x"', 'a, password = 1, "***"'),
    ('self.password = r"x"', 'self.password = "***"'),
    ('os.environ["X_TOKEN"] = "abc"', 'os.environ["X_TOKEN"] = "***"'),
    ('login(token="abc", n=3)', 'login(token="***", n=3)'),
    ('def f(password="x", *, n="y", pwd="z"): pass', 'def f(password="***", *, n="y", pwd="***"): pass'),
    ('x = {"password": b"abc", "user": "u"}', 'x = {"password": b"***", "user": "u"}'),
    ('if password == "x": pass', 'if password == "***": pass'),
    ('if "x" != user.password: pass', 'if "***" != user.password: pass'),
    ('auth = ("user", "pw")', 'auth = ("***", "***")'),
    ('password = "a" + x', 'password = "***" + x'),
    ('password = f"abc{x}"', 'password = "***"'),
    ('k = os.environ.get("API_KEY", "abc")', 'k = os.environ.get("API_KEY", "***")'),
    ('password = ("a"\n  "b")\ny = "c"', 'password = ("***")\ny = "c"'),
    ('password = """a\nb"""', 'password = """***"""'),
    ('é = "ü"; secret = "x"; z = "ö"', 'é = "ü"; secret = "***"; z = "ö"'),
    (f"k = '''{PEM}'''", "k = '''***'''"),
    ('k = "-----BEGIN PRIVATE KEY-----\\n" "MII\\n"', 'k = "***"'),
    ('db = connect("postgres://u:p@h/d")', 'db = connect("postgres://u:***@h/d")'),
    ('f("sk-abc123def456ghi789jkl")', 'f("***")'),
    ("# password: hunter2\nx = 1", "# password: ***\nx = 1"),
    ("%env API_KEY=abc\nx = 1\ntoken = get()", "%env API_KEY=***\nx = 1\ntoken = get()"),
    ("!export TOKEN=abc\nlogin(token=tok)", "!export TOKEN=***\nlogin(token=tok)"),
    ("%%bash\nexport TOKEN=abc\nfor i in *; do echo; done", "%%bash\nexport TOKEN=***\nfor i in *; do echo; done"),
    ('x = !ls\napi_key = "abc"', 'x = !ls\napi_key = "***"'),
    ("get_ipython().run_line_magic('env', 'API_KEY=abc')", "get_ipython().run_line_magic('env', 'API_KEY=***')"),
    ('x = 1\rpwd = "a"\ry = "b"', 'x = 1\rpwd = "***"\ry = "b"'),
    ('x = !ls\ntoken = get(key=k)\npwd = "a"', 'x = !ls\ntoken = get(key=k)\npwd = "***"'),
    ('api_key = """\n%s""" \\\n% x', 'api_key = """***""" \\\n% x'),
    ('my_key = "country"; my_key = "a1b2c3d4e5f6g7h8"', 'my_key = "country"; my_key = "***"'),
    ('if walrus(password := "x"): pass', 'if walrus(password := "***"): pass'),
    ('x = 1\r\npassword = "a"\r\ny = 2', 'x = 1\r\npassword = "***"\r\ny = 2'),
]  # fmt: skip


@pytest.mark.parametrize(("source", "masked"), SOURCES)
def test_secrets_in_source_are_masked(source, masked):
    assert SECRETS.of_source(source) == masked


@pytest.mark.parametrize(
    "source",
    [
        "x = 1", 'token = os.environ["X_TOKEN"]', 'api_key = getpass("Key: ")', 'api_key = f"Bearer {tok}"',
        'password = ""; token = None; pwd = 5; key = True', 'f"token={token}"', 'pad_token = "<pad>"',
        'for key in ("a", "b"): pass', 'if key == "train": pass', 'pd.read_hdf(p, key="df")', "token == 'the'",
        'f"{d[\'password\']: >10}"', "password = load(x, n=3)", 'df["tokens"] = "a"', "'secret' in x",
        'f"postgres://{user}:{password}@{host}"', 'print("key:", key)', 'columns = ["token", "label"]',
    ],
)  # fmt: skip
def test_source_without_secrets_is_left_alone(source):
    assert SECRETS.of_source(source) == source


PIECES = st.sampled_from(
    """password token api_key key = == : "abc" 'x' f"{y}" f'p={z}' b"q" {"secret": "v"} ( ) , [ ] + \\n
    os.environ["A_TOKEN"] # %env !export TOKEN=abc --token Bearer sk-abc123def456ghi789jkl \\\\ \\" " '
    postgres://u:p@h https://a:b@c Authorization: AKIAIOSFODNN7EXAMPLE -----BEGIN\\ PRIVATE\\ KEY----- é
    pwd= 5 None *** if x: \"\"\" lambda""".replace("\\ ", "\u2003").split(" ")
).map(lambda piece: piece.strip().replace("\u2003", " ").replace("\\n", "\n"))
CODE = st.lists(PIECES, max_size=12).flatmap(
    lambda pieces: st.sampled_from([" ", "", "\n"]).map(
        lambda between: between.join(pieces)
    )
)


def parses(source):
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    return True


@settings(max_examples=200, deadline=None)
@given(st.lists(CODE | st.text()))
def test_many_texts_are_masked_as_each_of_them_is(texts):
    for secrets in (SECRETS, Secrets(["*_dsn"])):
        assert secrets.in_texts(texts) == [secrets.in_text(text) for text in texts]


@settings(max_examples=400, deadline=None)
@given(CODE | st.text())
def test_masking_twice_is_masking_once(text):
    once = SECRETS.in_text(text)
    assert SECRETS.in_text(once) == once
    source = SECRETS.of_source(text)
    assert SECRETS.of_source(source) == source


@settings(max_examples=400, deadline=None)
@given(CODE)
def test_masked_source_parses_where_the_source_did(source):
    if parses(source):
        assert parses(SECRETS.of_source(source))


@pytest.mark.parametrize(
    "module",
    [
        argparse,
        csv,
        ftplib,
        heapq,
        inspect,
        pprint,
        pstats,
        shlex,
        smtplib,
        ssl,
        tokenize,
        tracemalloc,
    ],
)
def test_real_code_still_parses_and_is_masked_once(module):
    source = inspect.getsource(module)
    masked = SECRETS.of_source(source)
    assert parses(masked)
    assert SECRETS.of_source(masked) == masked
    assert len(ast.dump(ast.parse(masked))) > 0.99 * len(ast.dump(ast.parse(source)))


VALUES = st.text(alphabet="abcXYZ019!#:/@{}$%&*+-. \\n\"'é", max_size=12)
NAMES = st.sampled_from(
    ["password", "api_key", "x", "key", "token", "url", "cfg['secret']", "a.pwd"]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(NAMES, VALUES), max_size=4))
def test_assignments_parse_and_keep_nothing_once_masked(pairs):
    source = "\n".join(f"{name} = {value!r}" for name, value in pairs)
    masked = SECRETS.of_source(source)
    assert parses(masked)
    assert SECRETS.of_source(masked) == masked
    for name, value in pairs:
        if name in {"password", "api_key", "a.pwd"} and value.strip().lower():
            assert f"{name} = {value!r}" not in masked or value == "***"


@given(st.text(), st.text())
def test_any_name_and_value_can_be_asked(name, value):
    SECRETS.of_name(name)
    once = SECRETS.of_value(name, value)
    assert SECRETS.of_value(name, once) == once
