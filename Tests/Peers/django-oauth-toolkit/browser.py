#!/usr/bin/env python3
"""A browser without hands, for $BROWSER:  browser.py URL

Opens the authorize URL, presses the button on the consent form and follows every redirect, the last one to the
waiting client included. CONSENT=deny presses "Cancel". Ends with 0 once the last answer has arrived, whatever its
status, as a real one would. Says nothing on stdout; URLs on stderr come without their query, which holds the code.
"""
import http.client
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser


class ConsentForm(HTMLParser):
    """The fields of the toolkit's consent form; submit buttons are left to the one who presses them."""

    def __init__(self, html):
        super().__init__()
        self.found = False
        self.fields = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form" and attributes.get("id") == "authorizationForm":
            self.found = True
        elif tag == "input" and self.found and attributes.get("type") != "submit" and "name" in attributes:
            self.fields.append((attributes["name"], attributes.get("value") or ""))

    def handle_endtag(self, tag):
        if tag == "form" and self.found:
            self.handle_starttag = lambda *_: None  # what follows belongs to other forms


def visit(url, consent="allow"):
    """The last answer: `status`, `geturl()`, `headers`, and the text of its body."""
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}),  # loopback never goes through a proxy, and nothing else is visited
        urllib.request.HTTPCookieProcessor())  # the form's token must match a cookie

    def fetch(url, data=None):
        try:
            answer = opener.open(url, data, timeout=30)
        except urllib.error.HTTPError as error:
            answer = error  # 4xx and 5xx are answers too
        with answer:
            return answer, answer.read().decode("utf-8", "replace")

    answer, text = fetch(url)
    form = ConsentForm(text)
    if form.found:
        pressed = [("allow", "Authorize")] if consent == "allow" else []
        # The form names no action, so it goes back to its own address.
        answer, text = fetch(answer.geturl(), urllib.parse.urlencode(form.fields + pressed).encode())
    return answer, text


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: browser.py URL")
    try:
        answer, _ = visit(sys.argv[1], os.environ.get("CONSENT", "allow"))
    except (OSError, http.client.HTTPException) as error:
        sys.exit("browser.py: %s" % error)
    if answer.status != 200:
        print("browser.py: %d from %s" % (answer.status, answer.geturl().split("?")[0]), file=sys.stderr)


if __name__ == "__main__":
    main()
