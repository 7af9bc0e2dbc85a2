"""Cells with objects that count who calls them: (name, cells); each begins with COUNTING."""

from __future__ import annotations

COUNTING = """
calls = {}
def hit(name):
    calls[name] = calls.get(name, 0) + 1
def counted(name, value):
    def method(self, *a, **k):
        hit(name)
        if isinstance(value, BaseException):
            raise value
        return value
    return method
class Hostile:
    pass
for name, value in dict(__eq__=True, __ne__=False, __len__=3, __repr__='H', __str__='H', __array__=[1.0], __float__=0.5,
        __int__=1, __index__=1, __bool__=True, __hash__=7, __iter__=iter(()), __getitem__=1.0, __contains__=True, __call__=None,
        __reduce__=(str, ()), __reduce_ex__=(str, ()), __sizeof__=1, __dir__=[], __format__='', __copy__=None, __deepcopy__=None,
        __array_interface__={}, __enter__=None, __next__=1, __lt__=True, __gt__=True, __add__=1, __neg__=1, __abs__=1, __round__=1,
        __array_ufunc__=None, __array_function__=None, __dlpack__=None, __torch_function__=None, __arrow_array__=None,
        item=0.5, tolist=[1.0], keys=[], values=[], items=[], get_params={}, dim=0, numpy=1, get=1, copy=1).items():
    setattr(Hostile, name, counted(name, value))
"""

VALUES = [
    ("hostile objects under metric names", [
        "loss = Hostile()", "losses = Hostile()", "accuracy = Hostile()\nhistory = Hostile()", "calls",
        "score = [Hostile(), Hostile()]", "scores = (Hostile(),)", "metrics = {'acc': Hostile(), 'loss': 0.5}", "results = {'a': {'loss': Hostile()}}",
        "CONFIG = Hostile()", "CONFIG = {'a': Hostile()}\nPARAMS = [Hostile()]", "loss.x = 1", "losses.append = 3", "def use(): return loss, losses\nuse and None", "auc = loss", "calls",
    ]),
    ("objects whose methods raise", [
        "class Raises:\n    __class__ = property(counted('__class__', RuntimeError('class')))\n    def __getattr__(self, name): hit('getattr ' + name); raise RuntimeError(name)\nfor name in ('__eq__', '__len__', '__repr__', '__array__', '__float__', '__iter__', '__bool__', '__hash__', '__reduce__', '__dir__'):\n    setattr(Raises, name, counted(name, RuntimeError(name)))",
        "calls.clear()\nloss = Raises(); losses = [Raises()]; accuracy = {'acc': Raises()}", "history = Raises()\nCONFIG = Raises()", "calls",
        "class Attr:\n    def __getattribute__(self, name): hit('getattribute ' + name); raise RuntimeError(name)", "acc = Attr()\nCFG = Attr()\nevals_result = Attr()", "scores = [acc]", "calls",
    ]),
    ("an object that takes minutes", [
        "import time\nclass Slow:\n    def _wait(self, *a): time.sleep(600)\n    __eq__ = __len__ = __repr__ = __array__ = __float__ = __iter__ = __bool__ = __hash__ = __getattr__ = _wait",
        "loss = Slow(); losses = [loss]; CONFIG = {'a': losses}", "accuracy = loss",
    ]),
    ("odd metaclasses", [
        "class Meta(type):\n    def __getattribute__(cls, name): hit('meta ' + name); return super().__getattribute__(name)\n    def __instancecheck__(cls, other): hit('instancecheck'); return True\n    def __subclasscheck__(cls, other): hit('subclasscheck'); return True\n    def __eq__(cls, other): hit('meta eq'); return True\n    def __hash__(cls): hit('meta hash'); return 1\n    def __call__(cls, *a): hit('meta call'); return super().__call__(*a)\n    @property\n    def __module__(cls): hit('meta module'); return 'torch'\n    @property\n    def __mro__(cls): hit('meta mro'); return ()\n    @property\n    def __dict__(cls): hit('meta dict'); return {}\n    @property\n    def __name__(cls): hit('meta name'); return 'History'\nclass Odd(metaclass=Meta):\n    pass",
        "calls.clear()", "loss = Odd()\nlosses = [Odd()]\naccuracy = Odd\nCONFIG = Odd()\nhistory = Odd()", "score = {'acc': Odd()}\nPARAMS = {'a': Odd(), 'b': [Odd()]}", "calls",
        "class Named:\n    __module__ = property(lambda s: hit('module'))\n    __qualname__ = 'x'\nclass Texty:\n    def __str__(self): hit('texty'); return 'numpy'\n    __format__ = __repr__ = __str__\nNamed.__module__ = Texty()\nloss = Named()\nCONFIG = Named()\nlosses = [Named()]", "calls",
    ]),
    ("lazy arrays and fake tensors", [
        "class Lazy:\n    def __array__(self, *a, **k): hit('array'); return np.arange(3.0)\n    shape = (3,)\n    ndim = 1\n    dtype = 'float64'\n    @property\n    def size(self): hit('size'); return 3\nimport numpy as np\ncalls.clear()\nlosses = Lazy(); loss = Lazy()", "calls",
        "import types, sys\ntorch = types.ModuleType('torch')\nclass Tensor:\n    device = types.SimpleNamespace(type='cpu')\n    dtype = 'torch.float32'\n    def dim(self): hit('dim'); return 0\n    def is_complex(self): hit('is_complex'); return False\n    def detach(self): hit('detach'); return self\n    def item(self): hit('item'); return 0.5\nTensor.__module__ = 'torch'\nTensor.__qualname__ = 'Tensor'\ntorch.Tensor = Tensor\nsys.modules['torch'] = torch\nloss = Tensor()", "losses = [Tensor(), Tensor()]", "metrics = {'loss': Tensor()}\nCONFIG = Tensor()", "calls",
        "del sys.modules['torch']",
        "class Fake:\n    dtype = np.dtype(float)\n    ndim = 0\n    def __float__(self): hit('float'); return 0.5\n    def item(self): hit('item'); return 1.0\n    def tolist(self): hit('tolist'); return [1.0]\n    __class__ = property(lambda self: hit('class') or np.float64)\nFake.__module__ = 'numpy.fake'\nloss = Fake(); losses = [Fake()]; CONFIG = Fake()", "calls",
        "class ndarray(Fake):\n    ndim = 1\n    size = 3\nndarray.__module__ = 'numpy'; ndarray.__qualname__ = 'ndarray'\nlosses = ndarray(); loss = ndarray()\nclass Series(Fake):\n    array = property(lambda s: hit('series array'))\nSeries.__module__ = 'pandas'; Series.__qualname__ = 'Series'\naccuracies = Series()", "calls",
        "class History:\n    history = property(lambda self: hit('history'))\n    __dict__ = property(lambda self: hit('dict') or {})\nhistory = History()", "calls",
        "import argparse\nclass Namespace(argparse.Namespace):\n    __dict__ = property(lambda self: hit('ns dict') or {})\nNamespace.__module__ = 'argparse'; args = Namespace(a=1)", "calls",
    ]),
    ("subclasses of plain types", [
        "def loud(base, *names):\n    return type('Loud' + base.__name__.title(), (base,), {n: (lambda n: lambda self, *a, **k: (hit(base.__name__ + n), getattr(base, n)(self, *a, **k))[1])(n) for n in names})\ncalls.clear()",
        "F = loud(float, '__float__', '__eq__', '__repr__', '__hash__', '__add__')\nI = loud(int, '__int__', '__index__', '__eq__', '__repr__', '__hash__')\nL = loud(list, '__len__', '__iter__', '__getitem__', '__eq__', '__repr__')\nD = loud(dict, '__len__', '__iter__', '__getitem__', 'items', 'keys', 'values', 'get', '__contains__', '__eq__')\nS = loud(str, '__len__', '__eq__', '__hash__', '__str__', 'startswith', '__repr__')",
        "loss = F(0.5)\nepoch = I(3)\nlosses = L([1.0, 2.0])\nhistory = D(loss=[1.0, 2.0])\nNAME = S('x')", "scores = [F(0.5), F(0.25)]\nmetrics = {'acc': F(1), S('key'): 1.0}\nCONFIG = D(a=1)\nPARAMS = {'a': F(1), 'l': L([1]), 's': S('t')}", "calls",
        "import numpy as np, pandas as pd\nclass A(np.ndarray):\n    def __array_finalize__(self, obj): hit('finalize')\n    def __array_ufunc__(self, *a, **k): hit('ufunc')\n    def tolist(self): hit('tolist'); return []\n    @property\n    def ndim(self): hit('ndim'); return 1\nclass DF(pd.DataFrame):\n    def __len__(self): hit('df len'); return 3\n    def __getattr__(self, n): hit('df getattr'); return super().__getattr__(n)\nclass NF(np.float64):\n    def __float__(self): hit('nf'); return 1.0\n    dtype = property(lambda s: hit('nf dtype'))\ncalls.clear()",
        "losses = np.arange(3.0).view(A)\nloss = NF(0.5)\nscores = DF({'a': [1.0]})", "{k: v for k, v in calls.items() if k in ('tolist', 'nf', 'nf dtype', 'df len', 'ufunc')}",
    ]),
    ("hostile dataclasses and configurations", [
        "from dataclasses import dataclass\n@dataclass\nclass C:\n    lr: float = 0.1\n    @property\n    def expensive(self): hit('expensive'); return 1\n    def __getattribute__(self, n): hit('c ' + n); return super().__getattribute__(n)\n    def __eq__(self, o): hit('c eq'); return True\n    def __repr__(self): hit('c repr'); return 'C'\ncalls.clear()\ncfg = C()", "calls",
        "from types import SimpleNamespace\nns = SimpleNamespace(a=1, b=Hostile(), c=[Hostile()])", "class Key(str):\n    def startswith(self, *a): hit('key'); return False\n    def __str__(self): hit('key str'); return 'k'\ncfg.__dict__[Key('k')] = 1\ncfg2 = cfg", "calls",
    ]),
    ("real numbers of libraries", [
        "import numpy as np, pandas as pd", "loss = np.float32(0.5)\nloss", "accs = np.array([0.1, 0.2])\nacc = accs.mean()\nacc", "losses = pd.Series([1.0, 2.0])\nlosses.sum()", "loss = np.array(0.5)\nloss",
        "scores = pd.Series([1, None], dtype='Int64')", "scores = pd.Series(['a'])", "losses = np.ma.masked_array([1.0, 2.0], [True, False])", "loss = np.ma.masked", "loss = np.datetime64('2020')", "loss = np.longdouble(1) * np.longdouble('1e400')\nstr(loss)",
        "from fractions import Fraction\nfrom decimal import Decimal\nloss = Fraction(1, 2)\nacc = Decimal('0.5')", "losses = np.array([1.0, object()], dtype=object)", "losses = pd.Series([1.0]).astype('category')", "loss = np.bool_(True)", "loss = np.void(b'x')", "loss = np.array([(1.0,)], dtype=[('a', float)])[0]",
    ]),
    ("huge frames", [
        "frame = pd.DataFrame({c: np.arange(1_000_000.0) for c in 'abc'})\nframe.shape", "loss = frame['a'] ** 2\nloss.mean()", "losses = list(range(1_000_000))", "scores = np.random.default_rng(0).normal(size=1_000_000)\nscores.shape", "CONFIG = list(range(1_000_000))\nPARAMS = {i: i for i in range(300_000)}", "text = 'x' * 10_000_000\nlen(text)", "TEXT = text", "del frame, loss, losses, scores, text", "frame",
    ]),
    ("things that cannot be copied", [
        "import threading, socket, weakref, sys, io, asyncio, contextvars, gc\nclass T: pass\nt = T()\nloss = weakref.ref(t); acc = weakref.proxy(t); score = threading.Lock(); losses = open('data.txt', 'w'); auc = socket.socket(); scores = sys; f1 = threading.Thread(target=print); metrics = weakref.WeakValueDictionary(a=t); accuracy = memoryview(b'abc')",
        "losses.write('unflushed'); None", "open('data.txt').read()", "losses.close(); auc.close()", "del t", "loss() is None", "acc", "history = contextvars.ContextVar('x')\nCONFIG = threading.local()\nlogs = asyncio.Queue()",
    ]),
    ("hostile results of watched calls", [
        "class Lazy:\n    __array__ = counted('array', [1.0])\n    shape = (3,)\n    ndim = 1\nclass Raises:\n    __class__ = property(counted('__class__', RuntimeError('class')))\nfor name in ('__getattr__', '__eq__', '__len__', '__repr__', '__array__', '__float__', '__iter__', '__bool__', '__hash__'):\n    setattr(Raises, name, counted('raises ' + name, RuntimeError(name)))\nclass Attr:\n    def __getattribute__(self, name): hit('getattribute ' + name); raise RuntimeError(name)\nclass Meta(type):\n    def __getattribute__(cls, name): hit('meta ' + name); return super().__getattribute__(name)\n    def __eq__(cls, other): hit('meta eq'); return True\n    def __hash__(cls): hit('meta hash'); return 1\n    def __instancecheck__(cls, o): hit('meta instance'); return True\n    __module__ = property(lambda cls: hit('meta module') or 'numpy')\n    __name__ = property(lambda cls: hit('meta name') or 'x')\nclass Odd(metaclass=Meta):\n    pass",
        "from sklearn.base import BaseEstimator, ClassifierMixin\nclass Est(ClassifierMixin, BaseEstimator):\n    def __init__(self, a=None): self.a = a\n    def fit(self, X, y=None): return self\n    def predict(self, X): return X\n    def score(self, X, y): return X\n    def get_params(self, deep=True): hit('get_params'); return {'a': self.a}\n    def __len__(self): hit('est len'); return 0\n    def __getattr__(self, n): hit('est ' + n); raise AttributeError(n)\n    def __eq__(self, o): hit('est eq'); return True\n    def __hash__(self): hit('est hash'); return 1\n    def __repr__(self): hit('est repr'); return 'Est'\n    def __bool__(self): hit('est bool'); return False\ncalls.clear()",
        "e = Est(Hostile()).fit(Hostile(), Hostile())", "calls", "loss = e.predict(Hostile())", "acc = e.score(Hostile(), 1)", "e.score(Lazy(), 1) and None", "calls",
        "o = Est(Odd()).fit(Odd()); p = o.predict(Odd()); s = o.score(Odd(), 1)", "calls", "r = Est(Raises()).fit(Raises()); p = r.predict(Raises()); s = r.score(Raises(), 1)", "calls",
        "q = Est(Attr()).fit(Attr()).predict(Attr())", "calls",
    ]),
    ("reference counts", [
        "import sys, gc, weakref\nx = object(); losses = [1.0, 2.0]; class_ = type('K', (), {})\nloss = class_()", "sys.getrefcount(x), sys.getrefcount(losses), sys.getrefcount(loss)",
        "died = []\nclass Dying:\n    def __init__(self, n): self.n = n\n    def __del__(self): died.append(self.n)\nacc = Dying('acc'); score = [Dying('in list')]; CONFIG = {'a': Dying('in dict')}", "died", "del acc; died", "score = None\ndied", "CONFIG.clear(); died",
        "from sklearn.linear_model import Ridge\nimport numpy as np\nX = np.ones((10, 2)); y = np.arange(10.0)\nmodel = Ridge(alpha=0.5).fit(X, y); pred = model.predict(X); ref = weakref.ref(model); rp = weakref.ref(pred); rx = weakref.ref(X)\nr2 = model.score(X, y)", "del model; ref() is None", "del pred; rp() is None", "del X; rx() is None",
        "class Bad(Ridge):\n    def fit(self, X, y): raise ValueError('no')\nX = np.ones((10, 2)); rx = weakref.ref(X); b = Bad(); rb = weakref.ref(b)\ntry:\n    b.fit(X, y)\nexcept ValueError:\n    pass", "del X, b; gc.collect(); rx() is None, rb() is None",
        "big = np.ones(1000); rb = weakref.ref(big)\nbig = None\nrb() is None", "lossy = np.ones(5); rl = weakref.ref(lossy)", "%xdel lossy", "rl() is None",
        "m = Ridge().fit(np.ones((3, 1)), [1, 2, 3]); rm = weakref.ref(m)\nm2 = m; del m", "del m2; rm() is None", "def closure(v):\n    return lambda: v\nz = Dying('closed'); fn = closure(z); del z", "del fn; 'closed' in died",
    ]),
]  # fmt: skip
