import os

# As the workflow's jobs do: the sums of a second thread differ in the last bit. Read when torch or numpy is imported.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
