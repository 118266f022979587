#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""make_mail.py RECIPIENT FILE: a mail that carries the file, on standard output, with CRLF line ends."""
import email.message
import email.policy
import os
import sys


def main():
    recipient, path = sys.argv[1], sys.argv[2]
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    message["From"] = "Someone <someone@partner.test>"
    message["To"] = recipient
    message["Subject"] = "What you asked for"
    message["Date"] = "Mon, 02 Nov 2026 09:00:00 +0900"
    message["Message-ID"] = f"<{os.path.basename(path)}@partner.test>"
    message.set_content("Please see the attached file.\n")
    with open(path, "rb") as file:
        message.add_attachment(file.read(), maintype="application", subtype="octet-stream", filename=os.path.basename(path))
    sys.stdout.buffer.write(message.as_bytes())


if __name__ == "__main__":
    main()
