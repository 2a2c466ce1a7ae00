# Sourced, not run: what pip is told about where packages are, handed over to uv, which does not read pip's settings.
# Without it uv takes another build of torch than the one that is there for this machine: several GB of CUDA.
pip_setting() { .venv/bin/python -m pip config get "global.$1" 2>/dev/null || true; }
links=$(pip_setting find-links); index=$(pip_setting index-url)
if [ -n "$links" ]; then export UV_FIND_LINKS="${UV_FIND_LINKS:-$links}"; fi
if [ -n "$index" ]; then export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$index}"; fi
