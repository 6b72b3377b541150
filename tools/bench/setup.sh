#!/usr/bin/env bash
# Installs what the benchmarks beside peers need: Debian's nginx, aria2 and curl where they are missing (with sudo unless root),
# and the Python peers in a virtual environment. Prints the environment's folder.
set -euo pipefail
cd "$(dirname "$0")"
venv=${LEYENDA_BENCH_VENV:-.venv}
packages=()
command -v nginx >/dev/null || packages+=(nginx-light)
compgen -G "/usr/lib/nginx/modules/ngx_http_echo_module.so" >/dev/null || packages+=(libnginx-mod-http-echo)
command -v aria2c >/dev/null || packages+=(aria2)
command -v curl >/dev/null || packages+=(curl)
if ((${#packages[@]})); then
  if [ "$(id -u)" = 0 ]; then sudo=(); else sudo=(sudo); fi
  "${sudo[@]}" apt-get update -qq >&2
  "${sudo[@]}" apt-get install -y --no-install-recommends "${packages[@]}" >&2
fi
if [ ! -x "$venv/bin/img2dataset" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet -r requirements.txt >&2
fi
realpath "$venv"
