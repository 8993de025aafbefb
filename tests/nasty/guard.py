"""Runs commands under limits and tells how they ended: one JSON object a line in, one out.

in   argv (list of Base64), seconds, address_space (bytes), user (a number, or null for our own)
out  status (or null), signal (or null), peak_kib, seconds, controls, stdout and stderr (Base64, cut)
"""
import base64, json, os, re, resource, signal, sys, tempfile, time

CUT = 4 << 20
# Control characters but line feed, DEL, and the C1 controls as UTF-8 writes them.
CONTROLS = re.compile(rb"[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]")

def child(order, out, err):
    resource.setrlimit(resource.RLIMIT_AS, (order["address_space"],) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    os.dup2(out.fileno(), 1)
    os.dup2(err.fileno(), 2)
    if order["user"] is not None:
        os.setgroups([])
        os.setgid(order["user"])
        os.setuid(order["user"])
    os.setsid()
    argv = [base64.b64decode(arg) for arg in order["argv"]]
    # Our own settings are not those of another user, and none of the test's business.
    os.execve(argv[0], argv, {"PATH": os.environ.get("PATH", ""), "HOME": "/nonexistent"})

def run(order):
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.monotonic()
        pid = os.fork()
        if pid == 0:
            try:
                child(order, out, err)
            finally:
                os._exit(127)
        signal.signal(signal.SIGALRM, lambda *_: os.killpg(pid, signal.SIGKILL))
        signal.alarm(order["seconds"])
        _, status, usage = os.wait4(pid, 0)
        signal.alarm(0)
        took = time.monotonic() - start
        texts = []
        controls = 0
        for stream in (out, err):
            stream.seek(0)
            text = stream.read()
            controls += len(CONTROLS.findall(text))
            texts.append(base64.b64encode(text[:CUT]).decode())
        return {
            "status": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
            "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
            "peak_kib": usage.ru_maxrss, "seconds": took, "controls": controls,
            "stdout": texts[0], "stderr": texts[1],
        }

for line in sys.stdin:
    print(json.dumps(run(json.loads(line))), flush=True)
