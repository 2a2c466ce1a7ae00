"""A SLURM of one node on loopback, in a folder of its own and without accounting."""

import getpass
import os
import secrets
import shutil
import socket
import subprocess
import time
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "sinfo")
# Daemons of Debian lie where only root looks.
SEARCHED = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"])

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
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
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
AccountingStorageType=accounting_storage/none
NodeName=localhost NodeHostname={host} NodeAddr=127.0.0.1 CPUs={cores} RealMemory={memory} State=UNKNOWN
PartitionName=main Nodes=localhost Default=YES MaxTime=INFINITE State=UP
"""


def missing_programs() -> list[str]:
    """Return the programs of SLURM and munge that are not installed."""
    return [name for name in PROGRAMS if shutil.which(name, path=SEARCHED) is None]


class Cluster:
    """The daemons, as children of this process, and how to reach them.

    Attributes
    ----------
    settings : dict of str to str
        Environment variables for whatever submits.
    programs : Path
        A folder to stand first on the PATH.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.programs = folder / "bin"
        self.settings = {"SLURM_CONF": str(folder / "slurm.conf")}
        self._daemons: list[subprocess.Popen] = []

    def start(self) -> None:
        """Write the configuration, start the daemons, and wait until the node takes jobs."""
        for name in ("state", "spool", "bin"):
            (self.folder / name).mkdir()
        # munged wants its socket within everyone's reach; the key is its own.
        self.folder.chmod(0o755)
        key = self.folder / "munge.key"
        key.write_bytes(secrets.token_bytes(128))
        key.chmod(0o600)
        (self.folder / "slurm.conf").write_text(self._configuration())
        self._write_srun()
        files = {"socket": "munge.socket", "pid-file": "munge.pid", "log-file": "munge.log", "seed-file": "munge.seed"}
        options = [f"--{option}={self.folder / name}" for option, name in files.items()]
        self._start("munged", "--foreground", f"--key-file={key}", *options)
        self._wait_for(lambda: (self.folder / "munge.socket").exists(), "munged made no socket")
        self._start("slurmctld", "-D")
        self._start("slurmd", "-D")
        self._wait_for(lambda: "idle" in self.ask("sinfo", "-h", "-o", "%T"), "the node never became idle")

    def stop(self) -> None:
        """Stop what was started, the last first."""
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

    def _configuration(self) -> str:
        pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
        return CONFIGURATION.format(
            user=getpass.getuser(),
            folder=self.folder,
            ports=free_ports(2),
            host=socket.gethostname().split(".")[0],
            cores=os.cpu_count(),
            # A little less than there is, for a node that has less than it promises takes no jobs.
            memory=pages * size // 2**20 - 64,
        )

    def _write_srun(self) -> None:
        """The plugin takes variables named SLURM_ from the step that it starts in a job, SLURM_CONF among them."""
        script = self.programs / "srun"
        real = shutil.which("srun", path=SEARCHED)
        script.write_text(f'#!/bin/sh\nSLURM_CONF="{self.settings["SLURM_CONF"]}" exec {real} "$@"\n')
        script.chmod(0o755)

    def _start(self, program: str, *arguments: str) -> None:
        with open(self.folder / f"{program}.out", "w") as log:
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


def free_ports(count: int) -> list[int]:
    """Return ports that nothing listens on."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
