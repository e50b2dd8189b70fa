"""A throw-away PostgreSQL server on a free port of 127.0.0.1.

    server.py [--tls]

Prints `listening PORT`; with --tls it takes encrypted connections only, and its certificate, which signs itself, follows
the port. Reads `stop` and `start` from standard input, answers `stopped` and `listening PORT`, and ends,
server and data gone, when standard input closes, as it does when the process at its other end dies in any way.
"""

import glob, os, pathlib, pwd, shutil, signal, socket, subprocess, sys, tempfile, time

PASSWORD = "hunter2-postgres"
SETTINGS = {
    "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": "300",
    "shared_buffers": "32MB", "fsync": "off", "full_page_writes": "off", "logging_collector": "off",
}


def fail(sentence, hint):
    print(f"error: {sentence}\nhint: {hint}", file=sys.stderr)
    sys.exit(1)


def programs():
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda path: int(path.split("/")[4]))
    newest = os.path.dirname(found[-1]) if found else os.path.dirname(shutil.which("initdb") or "")
    if not newest:
        fail("there is no PostgreSQL server on this machine", "run `Scripts/setup test`, or install postgresql")
    return newest


class Server:
    def __init__(self, tls):
        self.bin = programs()
        self.folder = tempfile.mkdtemp(prefix="hogsend-postgres-")
        self.data = f"{self.folder}/data"
        # The server refuses to run as root; and it must not outlive this process, however that ends.
        self.prefix = ["setpriv", "--pdeathsig", "QUIT"]
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.prefix += [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        self.settings = dict(SETTINGS)
        self.certificate = f"{self.folder}/server.crt" if tls else ""
        self.make()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def make(self):
        password = pathlib.Path(self.folder, "password")
        password.write_text(PASSWORD)
        os.chmod(password, 0o644)
        made = subprocess.run(
            self.prefix + [
                f"{self.bin}/initdb", "--no-sync", "--username=hogsend", "--auth=scram-sha-256",
                f"--pwfile={password}", "--encoding=UTF8", "--locale=C.UTF-8", f"--pgdata={self.data}"],
            cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if made.returncode != 0:
            fail(f"initdb failed: {made.stderr.strip()}", "look at what initdb says")
        if self.certificate:
            self.encrypt()

    def encrypt(self):
        key = f"{self.folder}/server.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2",
             "-keyout", key, "-out", self.certificate], check=True, stderr=subprocess.DEVNULL)
        owner = os.stat(self.data)
        os.chown(key, owner.st_uid, owner.st_gid)
        self.settings |= {"ssl": "on", "ssl_cert_file": self.certificate, "ssl_key_file": key}
        pathlib.Path(self.data, "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 scram-sha-256\n")

    def start(self):
        settings = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        with open(f"{self.folder}/log", "ab") as log:
            self.process = subprocess.Popen(
                self.prefix + [f"{self.bin}/postgres", "-D", self.data, "-p", str(self.port)] + settings,
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        ready = [f"{self.bin}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(ready).returncode != 0:
            if self.process.poll() is not None:
                fail(f"postgres ended: {pathlib.Path(self.folder, 'log').read_text()}", "look at what it says")
            time.sleep(0.02)
        print(f"listening {self.port} {self.certificate}".strip(), flush=True)

    def stop(self):
        self.process.send_signal(signal.SIGQUIT)  # immediate
        self.process.wait()

    def obey(self):
        for line in sys.stdin:
            if line.strip() == "stop":
                self.stop()
                print("stopped", flush=True)
            elif line.strip() == "start":
                self.start()


def main():
    server = Server(tls="--tls" in sys.argv)
    try:
        server.start()
        server.obey()
    finally:
        if getattr(server, "process", None):
            server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)


main()
