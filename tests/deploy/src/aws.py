"""Runs AWS's command line in a fraction of its usual time, most of which is Python's imports.

`serve FOLDER PACKAGES` imports it once, from PACKAGES or Python's own packages, and creates the program FOLDER/aws, which
sends each command here: its arguments, environment, folder and open files. Each command runs in a fork of this process.
"""

import json
import os
import shlex
import signal
import socket
import struct
import sys

LENGTH = struct.Struct("!I")


def call(path, *arguments):
    """Sends a command. Returns its exit status."""
    command = json.dumps([arguments, dict(os.environ), os.getcwd()]).encode()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        socket.send_fds(connection, [LENGTH.pack(len(command))], [0, 1, 2])
        connection.sendall(command)
        return connection.recv(1)[0]


def serve(folder, packages):
    sys.path.insert(0, packages)
    from awscli.clidriver import create_clidriver, main

    # A command that sends nothing: more is imported by the first one.
    create_clidriver().main(["s3api", "list-buckets", "--generate-cli-skeleton"])
    path, program = os.path.join(folder, "socket"), os.path.join(folder, "aws")
    words = [sys.executable, "-IS", os.path.realpath(__file__), "call", path]
    with open(program, "w") as file:
        file.write(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
    os.chmod(program, 0o755)
    # The forks need not be waited for.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        while True:
            connection, _ = listener.accept()
            if os.fork() == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                run(connection, main)
                os._exit(0)
            connection.close()


def run(connection, main):
    """Runs a command, and sends its exit status."""
    length, files, _, _ = socket.recv_fds(connection, LENGTH.size, 3)
    with connection.makefile("rb") as stream:
        arguments, environment, folder = json.loads(stream.read(*LENGTH.unpack(length)))
    for number, file in enumerate(files):
        os.dup2(file, number)
    # Set by the import.
    data = os.environ["AWS_DATA_PATH"]
    os.environ.clear()
    os.environ.update(environment, AWS_DATA_PATH=data)
    os.chdir(folder)
    sys.argv = ["aws", *arguments]
    try:
        status = main()
    except SystemExit as end:
        status = end.code or 0
    sys.stdout.flush()
    sys.stderr.flush()
    connection.send(bytes([status]))


if __name__ == "__main__":
    sys.exit({"call": call, "serve": serve}[sys.argv[1]](*sys.argv[2:]))
