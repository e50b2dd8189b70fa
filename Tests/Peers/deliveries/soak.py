"""Deliveries with duplicates and retries, while the instance is killed and started again."""

import argparse
import http.client
import json
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid

ATTEMPTS = 3  # PostHog's policy; its pauses are shortened here


class Instance:
    """hogsend serve, always on one port and with one database."""

    def __init__(self, program, database, folder):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.program, self.folder = program, folder
        self.secret, self.admin = secrets.token_hex(16), secrets.token_hex(16)
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": folder, "DATABASE_URL": database,
            "HOGSEND_DATA_DIR": folder, "PORT": str(self.port), "HOST": "127.0.0.1",
            "ADMIN_API_KEY": self.admin, "BETTER_AUTH_SECRET": secrets.token_hex(32),
            "POSTHOG_WEBHOOK_SECRET": self.secret, "SWIFT_BACKTRACE": "enable=no",
        }
        self.process = None

    def start(self):
        # A port just freed may be taken for a moment by a connection of our own.
        for _ in range(100):
            log = os.path.join(self.folder, "instance.log")
            with open(log, "w") as output:
                self.process = subprocess.Popen(
                    [self.program, "serve"], env=self.environment, stderr=output,
                    cwd=self.folder)
            while self.process.poll() is None:
                with open(log) as written:
                    if '"listening"' in written.read():
                        return
                time.sleep(0.005)
            time.sleep(0.05)
        sys.exit(open(log).read())

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.terminate()
        return self.process.wait(timeout=30)


class Sender(threading.Thread):
    def __init__(self, instance, work, results, lock):
        super().__init__(daemon=True)
        self.instance, self.work, self.results, self.lock = instance, work, results, lock
        self.connection = None

    def run(self):
        while True:
            with self.lock:
                if not self.work:
                    return
                identifier = self.work.pop()
            answered = self.deliver(identifier)
            with self.lock:
                self.results["done"] += 1
                if answered:
                    self.results["answered"].add(identifier)
                else:
                    self.results["given_up"] += 1

    def deliver(self, identifier):
        body = json.dumps({
            "event": {
                "uuid": identifier, "event": "order", "distinct_id": "user-" + identifier[:2],
                "timestamp": "2026-01-02T03:04:05.678Z",
                "properties": {"$is_identified": True, "note": "x" * 500},
            },
            "person": {"properties": {"email": identifier[:8] + "@example.com"}},
        })
        for attempt in range(ATTEMPTS):
            if attempt:
                with self.lock:
                    self.results["retries"] += 1
                time.sleep(random.uniform(0.05, 0.4) * attempt)
            status = self.post(body)
            if status == 200:
                return True
            if status is not None and status < 500 and status != 429:
                with self.lock:
                    self.results["refused"].append(status)
                return False
        return False

    def post(self, body):
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection(
                    "127.0.0.1", self.instance.port, timeout=20)
            self.connection.request("POST", "/v1/webhooks/posthog", body, {
                "Content-Type": "application/json",
                "x-posthog-webhook-secret": self.instance.secret,
            })
            answer = self.connection.getresponse()
            answer.read()
            return answer.status
        except (OSError, http.client.HTTPException):
            if self.connection is not None:
                self.connection.close()
            self.connection = None
            return None


def stored(instance):
    """The ids of all events, in pages on from a place."""
    ids, cursor = [], "0"
    connection = http.client.HTTPConnection("127.0.0.1", instance.port, timeout=60)
    while True:
        connection.request(
            "GET", f"/v1/admin/events?after={cursor}&limit=500", headers={
                "Authorization": "Bearer " + instance.admin})
        page = json.loads(connection.getresponse().read())
        if not page["events"]:
            return ids
        ids += [event["id"] for event in page["events"]]
        cursor = page["cursor"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--senders", type=int, default=32)
    parser.add_argument("--database")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = options.database or f"sqlite:{folder}/hogsend.db"
        instance = Instance(os.path.abspath(options.program), database, folder)
        instance.start()
        try:
            sys.exit(soak(instance, options))
        finally:
            if instance.process.poll() is None:
                instance.kill()


def soak(instance, options):
    started = time.monotonic()
    unique = [str(uuid.uuid4()) for _ in range(options.count)]
    work = unique + random.sample(unique, options.count // 5)
    # Half of the doubles stand beside their first, so that both are under way at once.
    random.shuffle(work)
    doubles = random.sample(unique, options.count // 10)
    work += [identifier for one in doubles for identifier in (one, one)]
    total, lock = len(work), threading.Lock()
    results = {"done": 0, "answered": set(), "given_up": 0, "retries": 0, "refused": []}
    senders = [Sender(instance, work, results, lock) for _ in range(options.senders)]
    for sender in senders:
        sender.start()
    for number in range(options.kills):
        mark = total * (number + 1) // (options.kills + 1)
        while results["done"] < mark and any(sender.is_alive() for sender in senders):
            time.sleep(0.001)
        instance.kill()
        instance.start()
    for sender in senders:
        sender.join()
    ids = stored(instance)
    status = instance.stop()
    missing = results["answered"] - set(ids)
    faults = {
        "stored twice": len(ids) - len(set(ids)), "answered 200 and missing": len(missing),
        "stored and never sent": len(set(ids) - set(unique)),
        "refused": len(results["refused"]), "end of the instance": status,
    }
    report = {
        "ok": not any(faults.values()), "deliveries": total, "ids": len(unique),
        "answered": len(results["answered"]), "stored": len(set(ids)),
        "retries": results["retries"], "given_up": results["given_up"],
        "kills": options.kills, "seconds": round(time.monotonic() - started, 1), "faults": faults,
    }
    print(json.dumps(report))
    return 0 if report["ok"] else 1


main()
