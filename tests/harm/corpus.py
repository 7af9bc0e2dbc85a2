"""Odd cells: (name, cells), by the kernels that they can share."""

from __future__ import annotations

from corpus_objects import COUNTING, VALUES
from kernels import Step


def stop(source: str, *, loose: bool = False) -> Step:
    """A cell that is interrupted once it has printed."""
    return Step(source, interrupt=True, loose=loose)


LANGUAGE = [
    ("a top-level await", ["import asyncio\nloss = await asyncio.sleep(0.01, 0.25)", "loss"]),
    ("an async function", [
        "async def f(x):\n    await asyncio.sleep(0)\n    return x",
        "acc = await f(0.5)\nacc",
        "accs = [await f(i) for i in range(3)]\naccs",
        "async for_ = 1",
        "async def g():\n    for i in range(3):\n        yield i\nlosses = [i async for i in g()]\nlosses",
        "async with asyncio.timeout(1):\n    loss = await f(0.125)\nloss",
    ]),
    ("an error after an await", ["await asyncio.sleep(0)\n1/0", "await f(1/0)"]),
    ("a generator half consumed", [
        "def count():\n    for i in range(5):\n        print('yield', i)\n        yield i\nlosses = count()",
        "next(losses)", "losses.send(None)", "scores = (x for x in [1, 2, 3])", "sum(scores)",
        "list(losses)",
    ]),
    ("exec and eval", [
        "exec('acc = 0.5')\nacc", "loss = eval('acc * 2')\nloss",
        "exec('raise ValueError(1)')", "ns = {}\nexec('score = 3', ns)\nns['score']",
        "globals()['loss'] = 0.75\nloss", "eval('1 +')",
    ]),
    ("names deleted", [
        "acc = 0.5\ndel acc", "acc", "loss = [1.0]\nscore = loss\ndel loss", "score", "del nothing",
        "for i in range(3):\n    pass\ndel i", "i",
    ]),
    ("star imports", ["from math import *", "loss = sin(0.5)\nloss", "from os.path import *", "acc = floor(2.5)"]),
    ("nested functions", [
        "def outer():\n    acc = 0\n    def inner():\n        nonlocal acc\n        acc += 1\n        return acc\n    return inner",
        "step = outer()\nstep(), step()", "acc = step()\nacc", "acc = (lambda: (lambda: 0.5)())()\nacc",
    ]),
    ("classes and decorators", [
        "calls = []\ndef deco(f):\n    calls.append(f.__name__)\n    def g(*a, **k):\n        calls.append('call')\n        return f(*a, **k)\n    return g",
        "@deco\ndef score(x):\n    return x * 2", "acc = score(0.25)\nacc", "calls",
        "class A:\n    acc = 0.5\n    def __init__(self):\n        self.loss = 1\n    @property\n    def score(self):\n        calls.append('property')\n        return 1.0",
        "loss = A()", "score = A().score\nscore, calls",
        "@deco\nclass B(A):\n    pass", "calls",
    ]),
    ("dataclasses", [
        "from dataclasses import dataclass, field\n@dataclass\nclass Config:\n    lr: float = 0.1\n    sizes: list = field(default_factory=lambda: [1, 2])\n    def __post_init__(self):\n        self.more = self.lr * 2",
        "cfg = Config()", "cfg", "loss = cfg.lr / 2\nloss",
        "@dataclass(slots=True, frozen=True)\nclass Small:\n    n: int = 1", "CFG = Small(); CFG", "CFG.n = 2",
    ]),
    ("match and walrus", [
        "match {'kind': 'a', 'n': 3}:\n    case {'kind': 'a', 'n': acc}:\n        print(acc)\n    case _:\n        loss = 0",
        "if (acc := 0.25 * 2) > 0.1:\n    print(acc)", "[loss := x for x in (1.0, 2.0)][-1], loss",
        "match 1:\n    case loss:\n        pass\nloss", "while (n := globals().get('n', 0) + 1) < 3: pass\nn",
    ]),
    ("displayed values", [
        "0.5", "0.5;", "None", "'text'", "[1.0, 2.0]", "acc = 1\nacc", "_", "__", "Out[max(Out)]", "In[-1]",
        "print('x'); 0.25", "import math\nmath.nan", "{'acc': 0.5}", "(loss := 0.5)",
    ]),
    ("display handles", [
        "from IPython.display import display, clear_output, update_display, HTML, Markdown",
        "h = display('a', display_id='mine')", "h.update('b')",
        "h2 = display(HTML('<b>x</b>'), display_id='two')\nh2.update(Markdown('*y*'))",
        "update_display('c', display_id='mine')", "print('gone'); clear_output(); print('kept')",
        "clear_output(wait=True); print('later')", "display(0.5, [1, 2], {'acc': 1})",
        "display({'text/plain': 'raw', 'text/html': '<i>raw</i>'}, raw=True)",
    ]),
    ("a number that shows itself oddly", [
        "class Acc(float):\n    def _repr_html_(self):\n        return '<b>%.2f</b>' % self\n    def _ipython_display_(self):\n        print('shown')",
        "acc = Acc(0.5)\nacc", "acc",
    ]),
    ("huge outputs", [
        "print('x' * 200_000)", "for i in range(3000): print(i)", "'y' * 300_000", "list(range(5000))",
        "import sys\nfor i in range(50): print(i, file=sys.stderr if i % 2 else sys.stdout, flush=True)",
    ]),
    ("globals changed behind the parser's back", [
        "locals().update(acc=0.5)", "acc", "vars()['loss'] = 1.5\nloss", "__import__('builtins').injected = 3",
        "injected", "del __import__('builtins').injected",
        "def f():\n    global score\n    score = 0.5\nf()\nscore",
    ]),
    ("unicode and odd literals", [
        "größe = 0.5\nπ = 3.14\n精度 = größe * 2\n精度", "NAME = '\\ud800'", "BIG = 10 ** 5000\nBIG > 0", "TINY = -0.0, float('nan'), 1e400\nTINY",
        "x = '''\n%%time\n!ls\n'''\nx", "B = b'\\x00'\nB", "C = 1j", "E = ...", "import math; INF = math.inf",
        "SELF = []\nSELF.append(SELF)", "DEEP = []\nfor _ in range(2000): DEEP = [DEEP]",
        "loss = 10 ** 400\nloss > 1", "acc = True", "N = 1 if True else 2",
    ]),
    ("self-referential histories", [
        "history = {}\nhistory['loss'] = history", "losses = [1.0]\nlosses.append(losses)", "logs = {'a': {'b': {}}}\nlogs['a']['b'] = logs",
        "CONFIG = {}\nCONFIG['again'] = CONFIG",
        "CFG = [1] * 40\nfor _ in range(4): CFG = {str(i): CFG for i in range(150)}",
    ]),
    ("warnings shown once", [
        "open('warner.py', 'w').write('import warnings\\ndef f():\\n    warnings.warn(\"careful\")\\n')\nimport warner",
        "warner.f()", "warner.f()", "x = '\\\\d'\nwarner.f()", "y = '\\d'", "warner.f()", "print(1if True else 2)\nwarner.f()",
    ]),
]  # fmt: skip

MAGICS = [
    ("timing magics", [
        Step("%%time\nloss = 0.5", loose=True), "loss", Step("%time acc = 0.25", loose=True), "acc",
        Step("%timeit -n1 -r1 pass", loose=True), Step("%%timeit -n2 -r1 x = 1\nscore = x", loose=True), "score",
        Step("t = %timeit -o -q -n1 -r1 pass\ntype(t).__name__"),
        Step("%%time\n1/0", loose=True), Step("%%time\nawait __import__('asyncio').sleep(0)", loose=True),
    ]),
    ("%%capture", [
        "%%capture out\nprint('hidden')\nacc = 0.5\nacc", "out.stdout, acc", "%%capture\n1/0", "%%capture --no-stdout\nprint('seen')",
        "out.show()",
    ]),
    ("shell", [
        "!echo hello", "files = !printf 'a\\nb\\n'\nfiles", "!ls", "!exit 3", "_exit_code", "n = 3\n!echo {n} $n", "%sx echo x", "!!echo y",
        "%%bash\necho from bash\nexit 0", "%%bash\nexit 7", "%%sh\necho sh >&2", "%%script --bg --out bg sh\nexit 0",
    ]),
    ("%%writefile and %run", [
        "%%writefile script.py\nloss = 0.5\nprint('ran', __name__)", "%run script.py", "loss", "%run missing.py",
        "%%writefile -a script.py\nraise KeyError('in script')", "%run script.py", "%run -i script.py", "%load script.py", "%pycat nothing.py",
    ]),
    ("%cd and %env", [
        "%mkdir -p sub", "%cd -q sub", "import os\nos.path.basename(os.getcwd())", "%cd -q ..", "%env HARM=1", "os.environ['HARM']", "%env HARM", "%pwd",
        "%set_env A=b", "%ls",
    ]),
    ("%%track lines", [
        Step("%%track\nacc = 0.5\nacc", plain="\nacc = 0.5\nacc"),
        Step("%%track my run\n1/0", plain="\n1/0", loose=True),
        Step("%%track skip\nloss = 1\nloss", plain="\nloss = 1\nloss"),
        Step("%%track skip\ndef f():\n    raise ValueError('x')\nf()", plain="\ndef f():\n    raise ValueError('x')\nf()", loose=True),
        Step("%%track\nx = ", plain="\nx = ", loose=True),
        Step("%%track one\n%%capture o\nprint(5)", plain="%%capture o\nprint(5)"),
        Step("%%track\nawait __import__('asyncio').sleep(0, 4)", plain="\nawait __import__('asyncio').sleep(0, 4)"),
        Step("%%track", plain="pass"),
        Step("%%track\n\n\n", plain="pass"),
        Step("%%track\n!echo x", plain="\n!echo x"),
        Step("%%track 'quoted name'\n%time 1", plain="\n%time 1", loose=True),
        Step("\n\n%%track\nacc = 0.75\nacc", plain="\n\n\nacc = 0.75\nacc"),
    ]),
    ("syntax errors", ["x = (", "if True:\nprint(1)", "  x = 1\n y = 2", "return 1", "f(", "'unclosed", "x = 1 +", "await", "lambda: (yield)", "nonlocal x", "x = \x00", "\tloss = 1", "break", "def f(:\n pass", "1 = acc", "acc = 0x"]),
    ("bad magics", ["%nonsense", "%%nonsense\nacc = 1", "%timeit", "%cd /nonexistent/nowhere", "%load_ext nonsense_ext", "%%capture --bad\n1", "?nothing_here", "len?", "%run", "%%time", "%%", "%", "!", "%%bash"]),
    ("empty cells", ["", "\n", "# only words", "   ", ";", "pass", "''", "%%capture\n"]),
    ("user magics and transformers", [
        "from IPython.core.magic import register_line_magic, register_cell_magic\n@register_line_magic\ndef double(line):\n    return float(line) * 2\n@register_cell_magic\ndef upper(line, cell):\n    print(cell.upper())",
        "acc = %double 0.25\nacc", "%%upper x\nloss = 1", "get_ipython().input_transformers_cleanup.append(lambda lines: [l.replace('NUM', '0.5') for l in lines]); None",
        "acc = NUM\nacc", "get_ipython().input_transformers_cleanup.pop(); None",
        "import ast\nclass Twice(ast.NodeTransformer):\n    def visit_Constant(self, node):\n        return ast.Constant(node.value * 2) if type(node.value) is int else node\nget_ipython().ast_transformers.append(Twice())",
        "n = 21\nn", "get_ipython().ast_transformers.clear()", "n = 4\nn",
    ]),
    ("user events", [
        "heard = []\nip = get_ipython()\ndef before(info): heard.append(('pre', info.raw_cell[:10]))\ndef after(result): heard.append(('post', result.success))\nip.events.register('pre_run_cell', before); ip.events.register('post_run_cell', after)",
        "loss = 0.5", "1/0", "heard", "def bad(info): raise RuntimeError('mine')\nip.events.register('pre_run_cell', bad)", "acc = 0.25", "ip.events.unregister('pre_run_cell', bad)",
        "ip.events.unregister('pre_run_cell', before); ip.events.unregister('post_run_cell', after)",
        "r = ip.run_cell('score = 0.5\\nscore')", "r.result, score", "ip.run_cell('1/0').success", "ip.run_cell('ip.run_cell(\"acc = 3\")'); acc",
        "ip.ex('loss = 7'); loss", "ip.run_line_magic('env', 'HARM2=1')",
    ]),
    ("input()", [
        Step("name = input('who? ')\nname", answer="ann"), Step("import getpass\np = getpass.getpass('pw: ')\nlen(p)", answer="secret"),
        Step("loss = float(input())\nloss", answer="0.5"), Step("float(input())", answer="zero"),
    ]),
]  # fmt: skip

ERRORS = [
    ("plain exceptions", ["1/0", "{}['k']", "[][1]", "acc = undefined_name", "acc = 1\nraise ValueError('after')", "acc", "assert False, 'no'", "import nonexistent_module", "int('x')", "None.x", "raise", "open('missing.txt')"]),
    ("raise from", [
        "def f():\n    try:\n        1/0\n    except ZeroDivisionError as e:\n        raise KeyError('second') from e", "f()",
        "try:\n    f()\nexcept KeyError:\n    raise TypeError('third')", "try:\n    f()\nexcept KeyError:\n    raise TypeError('alone') from None",
        "e = ValueError('noted'); e.add_note('a note'); raise e",
    ]),
    ("exception groups", ["raise ExceptionGroup('several', [ValueError(1), ExceptionGroup('inner', [KeyError(2)])])", "import asyncio\nasync def bad(n):\n    raise ValueError(n)\nasync with asyncio.TaskGroup() as g:\n    g.create_task(bad(1))",
        "try:\n    raise ExceptionGroup('x', [ValueError(1), TypeError(2)])\nexcept* ValueError as g:\n    print(g)"]),
    ("errors inside a fit", [
        "import numpy as np\nfrom sklearn.linear_model import LogisticRegression\nfrom sklearn.tree import DecisionTreeClassifier\nfrom sklearn.base import BaseEstimator, ClassifierMixin",
        "LogisticRegression().fit(np.ones((3, 2)), [1, 1, 1])", "DecisionTreeClassifier(max_depth='x').fit(np.ones((3, 2)), [0, 1, 0])",
        "LogisticRegression().predict([[1]])",
        "class Mine(ClassifierMixin, BaseEstimator):\n    def __init__(self, n=1):\n        self.n = n\n    def fit(self, X, y=None):\n        if self.n > 1:\n            raise RuntimeError('mine')\n        return self\n    def predict(self, X):\n        return self.nothing\n    def score(self, X, y):\n        return 0.5",
        "Mine(2).fit([[1]], [1])", "m = Mine().fit([[1]], [1])", "m.predict([[1]])", "m.score(1, 2)",
        "from sklearn.model_selection import cross_val_score, GridSearchCV\ncross_val_score(Mine(2), np.ones((6, 1)), [0, 1] * 3, cv=3, error_score='raise')",
        "GridSearchCV(Mine(), {'n': [1, 1]}, cv=2).fit(np.ones((6, 1)), [0, 1] * 3).best_score_",
    ]),
    ("exceptions that misbehave", [
        "class Rude(Exception):\n    def __str__(self):\n        raise RuntimeError('no words')", "raise Rude('x')",
        "counts = {'n': 0}\nclass Sly(Exception):\n    def __getattribute__(self, name):\n        if not name.startswith('_'):\n            counts['n'] += 1\n        return super().__getattribute__(name)", "raise Sly('x')", "counts",
        "class P(Exception):\n    @property\n    def __class__(self):\n        counts['n'] += 1\n        return KeyError\n    @property\n    def args(self):\n        counts['n'] += 1\n        return ('lie',)\n    __traceback__ = property(lambda self: counts.__setitem__('tb', counts.get('tb', 0) + 1))",
        "try:\n    raise P('x')\nexcept Exception:\n    pass\ncounts", "class R(Exception):\n    def __repr__(self):\n        counts['n'] += 1\n        return 'R!'\nraise R('x')", "counts",
        "class Meta(type):\n    def __getattribute__(cls, name):\n        counts[name] = counts.get(name, 0) + 1\n        return super().__getattribute__(name)\nclass M(Exception, metaclass=Meta): pass",
        "raise M('x')", "counts",
        "raise BaseException('base')", "raise GeneratorExit", "raise StopIteration(3)", "raise KeyboardInterrupt('by hand')", "raise MemoryError",
    ]),
    ("system exit", ["import sys\nacc = 0.5\nsys.exit(3)", "acc", "raise SystemExit('bye')", "raise SystemExit"]),
    ("custom exception handlers", [
        "def handler(self, etype, value, tb, tb_offset=None):\n    print('handled', etype.__name__)\nget_ipython().set_custom_exc((ZeroDivisionError,), handler)",
        "1/0", "[][1]", "def broken(self, etype, value, tb, tb_offset=None):\n    raise RuntimeError('handler')\nget_ipython().set_custom_exc((ZeroDivisionError,), broken)", "1/0",
        "get_ipython().set_custom_exc((), None)", "1/0", "%xmode Minimal", "1/0", "%xmode Verbose", "zero = 0\n1/zero", "%xmode Context",
        "import types\nold = get_ipython().showtraceback\nget_ipython().showtraceback = lambda *a, **k: print('own traceback')", "1/0", "del get_ipython().showtraceback", "1/0",
        "import sys\nsys.excepthook = lambda *a: print('hook')", "1/0", "sys.last_value",
    ]),
    ("recursion to the limit", [
        "import sys\ndef down(n=0):\n    return down(n + 1)", Step("down()", loose=True),
        "deepest = 0\ndef deep(n=1):\n    global deepest\n    deepest = n\n    deep(n + 1)\ntry:\n    deep()\nexcept RecursionError:\n    print('limit')\ndeepest",
        "class Loop:\n    def __repr__(self):\n        return repr(self)\nloss = Loop()", Step("loss", loose=True),
    ]),
    ("recursion of a watched call to the limit", [
        "import sys",
        "from sklearn.base import BaseEstimator\ndeepest = 0\nclass Deep(BaseEstimator):\n    def fit(self, X, y=None):\n        global deepest\n        deepest = X\n        return self.fit(X + 1)\n    def predict(self, X):\n        pass\ntry:\n    Deep().fit(0)\nexcept RecursionError as e:\n    print(str(e)[:32])\nabs(deepest - sys.getrecursionlimit()) < 60",
        "import traceback\ntry:\n    Deep().fit(0)\nexcept RecursionError as e:\n    names = {f.name for f in traceback.extract_tb(e.__traceback__)}\ndeepest = 0\nnames <= {'<module>', 'fit', '_started', 'opening'}",
        Step("Deep().fit(0)", loose=True), "deepest = 0",
    ]),
]  # fmt: skip

INTERRUPTS = [
    ("an interrupted loop", [stop("acc = 0\nprint('go', flush=True)\nwhile True:\n    acc = 0.5", loose=True), "acc", "loss = acc * 2\nloss"]),
    ("an interrupted sleep", [stop("import time\nacc = 0.25\nprint('go', flush=True)\ntime.sleep(30)"), "acc", "1 + 1"]),
    ("an interrupted async sleep", [stop("import asyncio\nacc = 0.75\nprint('go', flush=True)\nawait asyncio.sleep(5)", loose=True), "acc", "loss = 1.0"]),
    ("an interrupted fit", [
        "import time\nimport numpy as np\nfrom sklearn.base import BaseEstimator, ClassifierMixin\nfrom sklearn.ensemble import RandomForestClassifier\nX = np.random.default_rng(0).normal(size=(4000, 20))\ny = X[:, 0] > 0",
        stop("print('go', flush=True)\nRandomForestClassifier(n_estimators=100000).fit(X, y)", loose=True), "acc = 0.5",
        "class Slow(ClassifierMixin, BaseEstimator):\n    def fit(self, X, y):\n        print('fitting', flush=True)\n        time.sleep(30)\n    def predict(self, X):\n        return X",
        stop("Slow().fit(X, y)"), "Slow.predict(None, 3)",
        stop("try:\n    Slow().fit(X, y)\nexcept KeyboardInterrupt:\n    print('caught')\nacc = 0.125\nacc"),
    ]),
    ("an interrupted shell command", [stop("!echo go; sleep 30", loose=True), "1"]),
    ("an interrupted input", [stop("print('go', flush=True)\nacc = input('who? ')", loose=True), "2"]),
]  # fmt: skip

SYSTEM = [
    ("random numbers", ["import random, time\nimport numpy as np\nrandom.seed(0); np.random.seed(0)", "random.random()", "loss = np.random.rand()\nloss", "time.sleep(7)\nrandom.random()", "random.random(), np.random.rand()", "sum(random.getstate()[1])"]),
    ("pickles of the notebook's own", [
        "import pickle, copy, joblib, cloudpickle\nclass Model:\n    def __init__(self): self.w = 1\ndef loss_of(x): return x * 2\nm = Model()", "pickle.loads(pickle.dumps(m)).w, pickle.loads(pickle.dumps(loss_of)) is loss_of", "loss = cloudpickle.loads(cloudpickle.dumps(lambda x: loss_of(x)))(0.5)\nloss", "copy.deepcopy(m).w",
        "scores = joblib.Parallel(n_jobs=2)(joblib.delayed(loss_of)(i) for i in range(4))\nscores", "from sklearn.tree import DecisionTreeClassifier\nfrom sklearn.datasets import load_iris\nX, y = load_iris(return_X_y=True)\nt = pickle.loads(pickle.dumps(DecisionTreeClassifier(random_state=0).fit(X, y)))\nacc = t.score(X, y)\nacc",
        "from sklearn.model_selection import cross_val_score\ncross_val_score(DecisionTreeClassifier(random_state=0), X, y, cv=3, n_jobs=2)", "joblib.dump(t, 'model.joblib'); acc = joblib.load('model.joblib').score(X, y)\nacc", "hash(pickle.dumps(t)) == hash(pickle.dumps(t))",
        "joblib.externals.loky.get_reusable_executor().shutdown()",
    ]),
    ("processes", [
        "import multiprocessing as mp, os, subprocess, sys\nctx = mp.get_context('fork')\ndef work(x): return x + 0.5", "with ctx.Pool(2) as pool:\n    losses = pool.map(work, range(3))\nlosses",
        "import warnings; warnings.simplefilter('ignore')\npid = os.fork()\nif pid == 0:\n    os._exit(7)\nos.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])", "import sklearn.tree\npid = os.fork()\nif pid == 0:\n    code = 1\n    try:\n        sklearn.tree.DecisionTreeClassifier().fit([[0], [1]], [0, 1])\n        code = 5\n    finally:\n        os._exit(code)\nos.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])", "del pid",
        "subprocess.run([sys.executable, '-c', 'print(0.5)'], capture_output=True, text=True).stdout", "q = ctx.Queue()\np = ctx.Process(target=lambda: q.put(0.25)); p.start(); acc = q.get(); p.join(); acc, p.exitcode",
    ]),
    ("threads", [
        "import threading, time\ndone = threading.Event()\ndef later():\n    global acc, losses\n    losses = []\n    for i in range(200):\n        acc = i / 200\n        losses.append(acc)\n        globals()['name%d' % i] = i\n        time.sleep(0.001)\n    done.set()\nthreading.Thread(target=later).start()", "loss = 0.5", "loss * 2", "done.wait(20)", "len(losses), acc",
        "def fails(): raise ValueError('in thread')\nt = threading.Thread(target=fails, name='failing'); t.start(); t.join()",
        "history = {}\nstop = False\ndef churn():\n    n = 0\n    while not stop:\n        n += 1\n        history[n % 40] = n; history.pop((n + 20) % 40, None)\nc = threading.Thread(target=churn); c.start()",
        *["history = history\nlosses = list(history)[:0]"] * 5, "stop = True; c.join(); history.clear()",
        "from concurrent.futures import ThreadPoolExecutor\nfrom sklearn.linear_model import Ridge\ndef fit(a): return Ridge(alpha=a).fit([[0], [1]], [0, 1]).score([[0], [2]], [0, 1])\nwith ThreadPoolExecutor(4) as pool:\n    scores = list(pool.map(fit, [0.1, 1, 10, 100]))\n[round(s, 3) for s in scores]",
    ]),
    ("tracers", [
        "import sys\nseen = []\ndef tracer(frame, event, arg):\n    if frame.f_code.co_name == 'traced':\n        seen.append((event, frame.f_lineno))\n    return tracer\ndef traced(n):\n    acc = n * 0.5\n    return acc", "sys.settrace(tracer)\nloss = traced(1)", "loss = traced(2)\nsys.settrace(None)", "seen",
        "prof = []\ndef profiler(frame, event, arg):\n    if frame.f_code.co_name in ('traced', 'score'):\n        prof.append((event, frame.f_code.co_name))\nfrom sklearn.linear_model import Ridge\nr = Ridge().fit([[0], [1]], [0, 1])\nsys.setprofile(profiler)\nacc = r.score([[0], [2]], [0, 1])\ntraced(1)\nsys.setprofile(None)\nprof",
        "import cProfile, pstats\np = cProfile.Profile()\np.enable()\ntraced(3)\nr.score([[0], [2]], [0, 1])\np.disable()\nsorted(k[2] for k in pstats.Stats(p).stats if k[2] in ('traced', 'score'))",
    ]),
    ("monitoring tools", [
        "import sys\nfrom sklearn.linear_model import Ridge\nlog = []\nif sys.version_info >= (3, 12):\n    M = sys.monitoring\n    M.use_tool_id(1, 'cover')\n    M.register_callback(1, M.events.PY_START, lambda code, off: log.append(code.co_name) if code.co_name in ('score', 'mine') else None)\n    M.set_events(1, M.events.PY_START)",
        "def mine(): return 0.5\nacc = mine()\nr = Ridge().fit([[0], [1]], [0, 1])\nloss = r.score([[0], [2]], [0, 1])", "log", "if sys.version_info >= (3, 12):\n    M.set_events(1, 0); M.register_callback(1, M.events.PY_START, None); M.free_tool_id(1)", "r.score([[0], [2]], [0, 1])",
    ]),
    ("streams", [
        "import sys, os, io, contextlib\nbuf = io.StringIO()\nwith contextlib.redirect_stdout(buf):\n    print('inside')\n    acc = 0.5\nbuf.getvalue()", "old = sys.stdout\nsys.stdout = io.StringIO()\nprint('swallowed')\nloss = 0.25", "loss2 = 1.5", "text = sys.stdout.getvalue(); sys.stdout = old; text",
        "old = sys.stderr; sys.stderr = io.StringIO()", "acc = 1.5", "sys.stderr = old", "import logging; logging.getLogger().warning('shown'); len(logging.getLogger().handlers)", "logging.basicConfig(level=logging.DEBUG, force=True, stream=sys.stdout, format='%(name)s %(message)s')", "loss = 0.5", "from sklearn.linear_model import Ridge\nRidge().fit([[0], [1]], [0, 1]).coef_", "logging.getLogger().handlers.clear(); logging.getLogger().setLevel(logging.WARNING)",
    ]),
    ("interpreter state", [
        "import sys, os, gc, signal, threading, locale, decimal, warnings, tempfile\nstate = lambda: (sys.getrecursionlimit(), sys.getswitchinterval(), gc.isenabled(), gc.get_threshold(), os.umask(0o22), signal.getsignal(signal.SIGTERM) is signal.SIG_DFL, sys.getfilesystemencoding(), locale.setlocale(locale.LC_ALL), decimal.getcontext().prec, len(gc.callbacks), sorted(k for k in os.environ if 'TRACK' in k.upper() and k != 'TRACKBOOK_PROJECT'), tempfile.tempdir, len(sys.meta_path), len(sys.path_hooks), sys.displayhook.__class__.__name__, sys.gettrace(), sys.getprofile(), threading.excepthook.__name__, sys.unraisablehook.__name__)",
        "state()", "gc.disable(); gc.set_threshold(3)", "acc = 0.5", "state()", "gc.enable()", "'numpy' in sys.modules, 'pandas' in sys.modules, 'pyarrow' in sys.modules, 'sklearn' in sys.modules",
    ]),
]  # fmt: skip

ALONE = [
    ("names of builtins rebound in the notebook", [
        "used = []\nimport builtins\ndef shadow(name):\n    real = getattr(builtins, name)\n    def f(*a, **k):\n        used.append(name)\n        return real(*a, **k)\n    return f\nfor n in ('print', 'open', 'len', 'id', 'sorted', 'isinstance', 'repr', 'vars', 'hash', 'sum', 'max', 'any', 'all', 'getattr', 'hasattr'):\n    globals()[n] = shadow(n)\nfloat = type = int = str = dict = list = 5",
        "acc = 0.5\nloss = acc * 2", "losses = [1.0, 2.0]", "used",
    ]),
    ("builtins replaced", [
        "import builtins\nkept = {n: getattr(builtins, n) for n in ('print', 'open', 'len', 'id', 'sorted', 'repr', 'hash', 'sum', 'isinstance')}\nbuiltins.print = lambda *a, **k: kept['print']('<', *a, **k)",
        "print('x')", "loss = 0.5", "builtins.open = lambda *a, **k: 1/0", "acc = 0.5", "builtins.open = kept['open']\nbuiltins.id = lambda x: 1", "acc = 0.75\nlosses = [1.0]", "builtins.id = kept['id']", "loss = 0.125 + 1", "1/0", "for n, v in kept.items(): setattr(builtins, n, v)", "del builtins.sum", "acc = 0.5", "builtins.sum = kept['sum']",
    ]),
    ("get_ipython deleted", ["acc = 0.5", "del get_ipython", "loss = 0.25\nloss", "get_ipython", "1/0", "del In, Out", "score = 3.5"]),
    ("%reset", ["acc = 0.5\nlosses = [1.0]", "%reset -f", "acc", "loss = 1.5\nloss", "%reset_selective -f loss", "loss", "%reset -f in out", "In", "1 + 1"]),
    ("globals cleared", ["acc = 0.5", "kept = dict(globals()); globals().clear()", "acc = 1", "1 + 1"]),
    ("namespace replaced", ["ip = get_ipython()\nip.user_ns['__name__'] = 'other'", "acc = 0.5\ndef f(): return acc\nloss = f()", "__name__", "ip.push({'pushed': 0.5}); pushed", "ip.user_ns['1 not a name'] = 3; ip.user_ns[7] = 8", "losses = [1.0]", "del ip.user_ns[7], ip.user_ns['1 not a name']", "class Key(str):\n    def __hash__(self): return hash('loss')\n    def __eq__(self, other): return str.__eq__(self, other)\nip.user_ns[Key('loss2')] = 1", "loss = 1.5\nloss"]),
    ("a deleted folder", ["import os, tempfile\nd = tempfile.mkdtemp(); os.chdir(d); os.rmdir(d)", "acc = 0.5\nacc", "from sklearn.linear_model import Ridge\nloss = Ridge().fit([[0], [1]], [0, 1]).score([[0], [1]], [0, 1])", "os.getcwd()", "os.chdir('/'); del d", "acc = 0.75\nacc"]),
    ("closed streams", ["import sys, os\nsys.stdout.flush(); keep = sys.stdout, sys.stderr\nimport io\nsys.stderr = io.StringIO(); sys.stderr.close()", "acc = 0.5", "1 + 1", "sys.stdout, sys.stderr = keep", "loss = 0.25\nloss"]),
    ("tool ids taken", ["import sys\nfor n in (3, 4):\n    try:\n        sys.monitoring.use_tool_id(n, 'mine%d' % n)\n    except (AttributeError, ValueError):\n        pass", "from sklearn.linear_model import Ridge\nacc = Ridge().fit([[0], [1]], [0, 1]).score([[0], [1]], [0, 1])"]),
    ("sys.modules abused", ["import sys\nmain = sys.modules.pop('__main__')", "acc = 0.5\nacc", "sys.modules['__main__'] = main", "for name in [m for m in sys.modules if m.startswith('sklearn')]: del sys.modules[name]", "from sklearn.linear_model import Ridge\nloss = Ridge().fit([[0], [1]], [0, 1]).score([[0], [1]], [0, 1])", "import importlib, sklearn.linear_model\nimportlib.reload(sklearn.linear_model); loss = Ridge().fit([[0], [1]], [0, 1]).score([[0], [1]], [0, 1])"]),
    ("the loop replaced", ["import asyncio\nloss = 0.5\ntask = asyncio.get_event_loop().create_task(asyncio.sleep(0.1, 'done'))", "await task", "async def bg():\n    global acc\n    await asyncio.sleep(0.2)\n    acc = 0.5\nt = asyncio.ensure_future(bg())", "import time; time.sleep(0.1)", "await t\nacc", "%autoawait False", "x = 1", "%autoawait True"]),
]  # fmt: skip

GROUPS = {
    "language": LANGUAGE,
    "magics": MAGICS,
    "errors": ERRORS,
    "interrupts": INTERRUPTS,
    "values": [(name, [COUNTING, *cells]) for name, cells in VALUES],
    "system": SYSTEM,
    **{name: [(name, steps)] for name, steps in ALONE},
}


def cases() -> list[tuple[str, str, list[Step]]]:
    """Return (group, name, cells) of every case, those that share kernels side by side."""
    return [
        (group, name, [each if isinstance(each, Step) else Step(each) for each in cells])
        for group, members in GROUPS.items()
        for name, cells in members
    ]
