"""A mesh that the program serves (rehearse --serve), for as long as a test needs it."""
import contextlib
import os
import subprocess


@contextlib.contextmanager
def served(program, *options):
    """Its kubeconfig is in the environment meanwhile."""
    mesh = subprocess.Popen([program, "rehearse", "--serve", *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        os.environ["KUBECONFIG"] = mesh.stdout.readline().removeprefix("export KUBECONFIG=").strip()
        yield
    finally:
        mesh.terminate()
        mesh.wait()
