"""A SLURM of small nodes on loopback, in a folder of its own, with or without accounting."""

import getpass
import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "sinfo")
# What accounting needs besides.
ACCOUNTANTS = ("slurmdbd", "mariadbd", "sacct", "sacctmgr")
# Daemons of Debian lie where only root looks.
SEARCHED = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"])
# A new database is told of its own tables by these files of MariaDB.
SYSTEM_TABLES = [Path(f"/usr/share/mysql/{name}.sql") for name in ("mysql_system_tables", "mysql_system_tables_data")]

CONFIGURATION = """\
ClusterName=local
SlurmctldHost=localhost(127.0.0.1)
SlurmctldAddr=127.0.0.1
SlurmUser={user}
SlurmdUser={user}
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
SlurmctldPort={port}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
# Without cgroups, which a container has no right to make.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
SchedulerType=sched/backfill
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
MpiDefault=none
ReturnToService=2
InactiveLimit=0
# Ended jobs are asked for at the end of the test.
MinJobAge=3600
KillWait=5
Waittime=0
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""
NODE = """\
NodeName={name} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} CPUs={cores} RealMemory={memory} State=UNKNOWN
"""
WITHOUT_ACCOUNTING = """\
AccountingStorageType=accounting_storage/none
"""
WITH_ACCOUNTING = """\
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort={port}
AccountingStoragePass={folder}/munge.socket
# Jobs of no account are refused, as many clusters do.
AccountingStorageEnforce=associations
"""
DATABASE_DAEMON = """\
DbdHost=localhost
DbdAddr=127.0.0.1
DbdPort={port}
SlurmUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
PidFile={folder}/slurmdbd.pid
LogFile={folder}/slurmdbd.log
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort={storage}
StorageUser=slurm
StoragePass={password}
StorageLoc=slurm
"""
ACCOUNT = "project"


def missing_programs(*more: str) -> list[str]:
    """Return the programs of SLURM and munge, and those of ``more``, that are not installed."""
    return [name for name in [*PROGRAMS, *more] if shutil.which(name, path=SEARCHED) is None]


class Cluster:
    """The daemons, as children of this process, and how to reach them.

    Attributes
    ----------
    settings : dict of str to str
        Environment variables for whatever submits.
    programs : Path
        A folder to stand first on the PATH.
    nodes : list of str
        Names of the nodes, which share the cores and the memory of this machine.
    """

    def __init__(self, folder: Path, nodes: int = 1, accounting: bool = False):
        self.folder = folder
        self.programs = folder / "bin"
        self.settings = {"SLURM_CONF": str(folder / "slurm.conf")}
        self.nodes = [f"node{number + 1}" for number in range(nodes)]
        self._accounting = accounting
        self._daemons: list[subprocess.Popen] = []

    def start(self) -> None:
        """Write the configuration, start the daemons, and wait until the nodes take jobs."""
        for name in ("state", "bin"):
            (self.folder / name).mkdir()
        # munged wants its socket within everyone's reach; the key is its own.
        self.folder.chmod(0o755)
        controller, database, *ports = free_ports(2 + len(self.nodes))
        accounts = WITH_ACCOUNTING.format(port=database, folder=self.folder) if self._accounting else WITHOUT_ACCOUNTING
        self._write("slurm.conf", self._configuration(controller, ports) + accounts)
        self._write_srun()
        self._start_munge()
        if self._accounting:
            self._start_accounting(database)
        self._start("slurmctld", "-D")
        for node in self.nodes:
            self._start("slurmd", "-D", "-N", node)
        self._wait_for(lambda: self._states() == ["idle"] * len(self.nodes), "the nodes never became idle")

    def stop(self) -> None:
        """End the jobs that are left, which would outlive the daemons, and stop what was started, the last first."""
        if self.ask("squeue", "-h"):
            self.ask("scancel", f"--user={getpass.getuser()}")
            for _ in range(100):
                if not self.ask("squeue", "-h"):
                    break
                time.sleep(0.2)
        for daemon in reversed(self._daemons):
            daemon.terminate()
            try:
                daemon.wait(timeout=20)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()

    def ask(self, program: str, *arguments: str) -> str:
        """Return what a client program of SLURM prints."""
        command = [shutil.which(program, path=SEARCHED), *arguments]
        return subprocess.run(command, env={**os.environ, **self.settings}, capture_output=True, text=True).stdout

    def change(self, name: str, value: str | int) -> None:
        """Change a line of slurm.conf while the daemons run."""
        path = self.folder / "slurm.conf"
        lines = path.read_text().splitlines()
        path.write_text("".join(f"{name}={value}\n" if line.startswith(f"{name}=") else f"{line}\n" for line in lines))
        self.ask("scontrol", "reconfigure")

    @contextmanager
    def without(self, program: str) -> Iterator[None]:
        """Let a program fail for whatever submits."""
        script = self.programs / program
        script.write_text("#!/bin/sh\nexit 1\n")
        script.chmod(0o755)
        try:
            yield
        finally:
            script.unlink()

    def _configuration(self, port: int, ports: list[int]) -> str:
        pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
        share = {
            "host": socket.gethostname().split(".")[0],
            "cores": os.cpu_count() // len(self.nodes),
            # A little less than there is, for a node that has less than it promises takes no jobs.
            "memory": (pages * size // 2**20 - 64) // len(self.nodes),
        }
        nodes = [NODE.format(name=name, port=own, **share) for name, own in zip(self.nodes, ports, strict=True)]
        return "".join([*nodes, CONFIGURATION.format(user=getpass.getuser(), folder=self.folder, port=port)])

    def _write_srun(self) -> None:
        """The plugin takes variables named SLURM_ from the step that it starts in a job, SLURM_CONF among them."""
        script = self.programs / "srun"
        real = shutil.which("srun", path=SEARCHED)
        script.write_text(f'#!/bin/sh\nSLURM_CONF="{self.settings["SLURM_CONF"]}" exec {real} "$@"\n')
        script.chmod(0o755)

    def _start_munge(self) -> None:
        key = self.folder / "munge.key"
        key.write_bytes(secrets.token_bytes(128))
        key.chmod(0o600)
        files = {"socket": "munge.socket", "pid-file": "munge.pid", "log-file": "munge.log", "seed-file": "munge.seed"}
        options = [f"--{option}={self.folder / name}" for option, name in files.items()]
        self._start("munged", "--foreground", f"--key-file={key}", *options)
        self._wait_for(lambda: (self.folder / "munge.socket").exists(), "munged made no socket")

    def _start_accounting(self, port: int) -> None:
        """Start a database and slurmdbd on it, and give this user an account."""
        (storage,), password, user = free_ports(1), secrets.token_hex(16), getpass.getuser()
        self._start_database(storage, password)
        options = {"port": port, "user": user, "folder": self.folder, "storage": storage, "password": password}
        self._write("slurmdbd.conf", DATABASE_DAEMON.format(**options))
        self._start("slurmdbd", "-D")
        self._wait_for(lambda: answers(port), "slurmdbd never answered")
        self._manage("add", "cluster", "local")
        self._manage("add", "account", ACCOUNT, "Cluster=local")
        self._manage("add", "user", user, f"Account={ACCOUNT}", "Cluster=local")
        # Root has an account already.
        self._manage("modify", "user", user, "set", f"DefaultAccount={ACCOUNT}")

    def _manage(self, *arguments: str) -> None:
        self.ask("sacctmgr", "--immediate", *arguments)

    def _start_database(self, port: int, password: str) -> None:
        """Start a MariaDB that knows one user."""
        place = ["--no-defaults", f"--datadir={self.folder / 'database'}", f"--user={getpass.getuser()}"]
        (self.folder / "database").mkdir()
        tables = "\n".join(path.read_text() for path in SYSTEM_TABLES)
        command = [shutil.which("mariadbd", path=SEARCHED), *place, "--bootstrap"]
        made = f"CREATE DATABASE mysql;\nUSE mysql;\n{tables}"
        subprocess.run(command, input=made, capture_output=True, text=True, check=True)
        self._write(
            "database.sql",
            f"CREATE USER slurm@localhost IDENTIFIED BY '{password}';\nGRANT ALL ON slurm.* TO slurm@localhost;\n",
        )
        options = {"init-file": "database.sql", "socket": "database.socket", "pid-file": "database.pid"}
        listening = ["--bind-address=127.0.0.1", f"--port={port}"]
        self._start(
            "mariadbd", *place, *listening, *(f"--{option}={self.folder / name}" for option, name in options.items())
        )
        self._wait_for(lambda: answers(port), "mariadbd never answered")

    def _states(self) -> list[str]:
        return self.ask("sinfo", "-h", "-N", "-o", "%T").split()

    def _write(self, name: str, text: str) -> None:
        """Write a file that only this user may read; slurmdbd insists."""
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o600)

    def _start(self, program: str, *arguments: str) -> None:
        with open(self.folder / f"{program}{len(self._daemons)}.out", "w") as log:
            command = [shutil.which(program, path=SEARCHED), *arguments]
            environment = {**os.environ, **self.settings}
            self._daemons.append(subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT))

    def _wait_for(self, ready, complaint: str) -> None:
        for _ in range(300):
            if ready():
                return
            if any(daemon.poll() is not None for daemon in self._daemons):
                break
            time.sleep(0.2)
        logs = "\n".join(f"{path.name}:\n{path.read_text()[-2000:]}" for path in sorted(self.folder.glob("*.[lo]*")))
        raise RuntimeError(f"{complaint}\n{logs}")


def answers(port: int) -> bool:
    """Whether something listens on a port."""
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def free_ports(count: int) -> list[int]:
    """Return ports that nothing listens on."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
