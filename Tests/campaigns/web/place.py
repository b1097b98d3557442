"""place.py: an archive with a few calls and tokens, and the web servers over it, as they are shipped."""
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
PHONE = "+16505550100"
SOUND = bytes(range(256)) * 400


class Archive:
    """Calls of which the first has a transcript, and a token of each scope."""

    def __init__(self, bin_, calls=12):
        self.bin = pathlib.Path(bin_).resolve()
        self.place = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.place.name).resolve()
        self.cgi = self.bin / "callpipe.cgi"
        self.data = self.path / "data"
        self.folder = self.path / "recordings"
        for folder in (self.data / "a", self.folder, self.path / "run"):
            folder.mkdir(parents=True)
        self.environment = {
            "PATH": f"{self.bin}:/usr/bin:/bin", "HOME": str(self.path), "LC_ALL": "C.UTF-8",
            "CALLPIPE_STATE": str(self.path / "state.db"), "CALLPIPE_DATA": str(self.data)}
        self.add(1, calls)
        self.tokens = {}
        for scope in ("read", "operate", "admin"):
            self.tokens[scope] = self.tool(
                f"call-token create --scope {scope} --name {scope}").strip()

    def tool(self, script, text=""):
        return subprocess.run(
            ["bash", "-o", "pipefail", "-c", script], cwd=self.path, env=self.environment,
            input=text, text=True, check=True, capture_output=True).stdout

    def call(self, number):
        (self.data / f"a/{number}.wav").write_bytes(SOUND)
        record = {
            "id": f"rc:{number}", "source": "ringcentral",
            "start": f"2024-01-{number % 28 + 1:02}T10:00:00.000Z", "duration": 12.4,
            "from": {"phone": PHONE}, "to": {"phone": "+16505550123", "extension": "101"},
            "audio": {"path": f"a/{number}.wav", "bytes": len(SOUND), "sha256": "",
                      "type": "audio/x-wav"}}
        if number % 2:
            record["transcript"] = {
                "path": "t.json", "text": "A reservation for two",
                "segments": [{"start": 1.5, "end": 3, "speaker": "customer",
                              "text": "A reservation for two"}]}
        return json.dumps(record, separators=(",", ":"))

    def add(self, first, last):
        records = [self.call(number) for number in range(first, last + 1)]
        self.tool("state-mark fetch >/dev/null", "\n".join(records) + "\n")
        spoken = [record for record in records if '"transcript"' in record]
        self.tool("state-mark transcribe >/dev/null", "\n".join(spoken) + "\n")

    def close(self):
        self.place.cleanup()


class Server:
    """A web server on a port of the loopback address that the kernel chose."""
    scheme = "http"

    def __init__(self, archive):
        self.archive = archive
        # The server gets the socket itself: so nobody else takes the port meanwhile.
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(128)
        self.port = self.socket.getsockname()[1]
        self.url = f"{self.scheme}://127.0.0.1:{self.port}"
        self.processes = []
        self.log = open(archive.path / f"{type(self).__name__}.log", "ab")

    def start(self, *command, environment=None):
        descriptor = os.dup2(self.socket.fileno(), 3) if self.socket.fileno() != 3 else 3
        os.set_inheritable(descriptor, True)
        # The server of systemd's protocol wants its own number.
        script = 'export LISTEN_PID=$$; exec "$@"'
        self.processes.append(subprocess.Popen(
            ["sh", "-c", script, "sh", *map(str, command)], pass_fds=[descriptor],
            env={"PATH": "/usr/sbin:/usr/bin:/bin", **(environment or {})},
            stdout=self.log, stderr=self.log))

    def close(self):
        for process in self.processes:
            process.terminate()
            process.wait()
        self.socket.close()
        self.log.close()


class Lighttpd(Server):
    def __init__(self, archive):
        super().__init__(archive)
        text = (ROOT / "pipelines/web/lighttpd.conf").read_text()
        values = {
            "port": self.port, "state": archive.path / "state.db", "data": archive.data,
            "recordings": archive.folder, "cgi": archive.cgi,
            "path": archive.environment["PATH"], "uploads": archive.path / "run"}
        for name, value in values.items():
            value = value if name == "port" else f'"{value}"'
            text, count = re.subn(rf"(?m)^var\.{name} = .*$", f"var.{name} = {value}", text)
            assert count == 1, name
        text = text.replace('"/var/empty"', f'"{archive.path / "run"}"')
        self.file = archive.path / "lighttpd.conf"
        self.file.write_text(text)
        subprocess.run(["/usr/sbin/lighttpd", "-tt", "-f", self.file], check=True)
        self.start("/usr/sbin/lighttpd", "-D", "-f", self.file, environment={"LISTEN_FDS": "1"})


class Nginx(Server):
    """nginx with TLS, and fcgiwrap behind it."""
    scheme = "https"

    def __init__(self, archive, limits=False):
        super().__init__(archive)
        run = archive.path / "run"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", run / "web.key",
             "-out", run / "web.crt"], check=True, capture_output=True)
        text = (ROOT / "pipelines/web/nginx.conf").read_text()
        for old, new in [
                ("listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl"),
                ("/etc/callpipe/web.", f"{run}/web."),
                ("/run/callpipe/fcgiwrap.socket", f"{run}/fcgiwrap.socket"),
                ("/usr/local/libexec/callpipe/callpipe.cgi", str(archive.cgi)),
                ("/var/lib/callpipe", str(archive.path)),
                ("/var/spool/recordings", str(archive.folder)),
                ("/usr/local/bin:/usr/bin:/bin", archive.environment["PATH"])]:
            assert old in text, old
            text = text.replace(old, new)
        if not limits:
            text = text.replace("rate=10r/s", "rate=100000r/s").replace("burst=20", "burst=10000")
        user = "user root;" if os.getuid() == 0 else ""
        paths = " ".join(f"{kind}_temp_path {run}/{kind};" for kind in (
            "client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        self.file = archive.path / "nginx.conf"
        self.file.write_text(
            f"{user} daemon off; pid {run}/nginx.pid; error_log stderr; events {{}}\n"
            f"http {{ access_log off; {paths}\n{text}\n}}\n")
        self.start(
            "/usr/sbin/fcgiwrap", "-f", "-c", "4", "-s", f"unix:{run}/fcgiwrap.socket")
        self.start("/usr/sbin/nginx", "-p", run, "-c", self.file, environment={"NGINX": "3;"})
        # nginx connects to fcgiwrap with the first request, which may come before the socket.
        wrapper = self.processes[0]
        while not (run / "fcgiwrap.socket").exists():
            assert wrapper.poll() is None, "fcgiwrap did not start"
            os.sched_yield()


def programs_are_there():
    return all(shutil.which(name, path="/usr/sbin:/usr/bin") for name in (
        "lighttpd", "nginx", "fcgiwrap"))
