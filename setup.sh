#!/usr/bin/env bash
# Installs what is missing: `setup.sh run` to build and run, `setup.sh test` also to test.
# Debian 12 or 13; as root, or through sudo. Asks nothing. Ends at once where nothing is missing.
set -euo pipefail
cd "$(dirname "$0")"

# The one list of Debian packages.
to_run=(
  libcups2-dev cups-daemon cups-client           # the print path
  zlib1g-dev                                     # batches on thin lines
  poppler-utils                                  # PDF on receipt printers
  libpango1.0-dev libcairo2-dev libzint-dev      # dots: text, pictures, codes
  libsqlite3-dev                                 # the journal
  libusb-1.0-0-dev                               # USB printers
  libssl-dev                                     # chips of passports
  fonts-dejavu-core                              # letters for paper and screen
  fonts-noto-core fonts-wqy-microhei fonts-symbola # Arabic, Javanese; Chinese, Japanese, Korean; pictures
  pkg-config make
)
to_test=(
  cups                                           # lpinfo, and CUPS's own backends
  chromium python3-venv                          # the browser test
  strace util-linux procps                       # counting syncs, dropping rights
  openssl curl                                   # judges of our certificates
  iproute2 nftables                              # a thin line that loses packets
  umockdev gir1.2-umockdev-1.0 python3-gi udev   # emulated USB devices; what udev makes of our rules
)

fail() { echo "setup: $*" >&2; exit 1; }

command -v swift >/dev/null ||
  fail "Swift is not installed or not on PATH; install Swift 6.2 or newer from https://www.swift.org/install/linux/ and try again"
command -v apt-get >/dev/null ||
  fail "this is no Debian: apt-get is missing; install by hand: ${to_run[*]} ${to_test[*]}"

case "${1:-}" in
  run) wanted=("${to_run[@]}") ;;
  test) wanted=("${to_run[@]}" "${to_test[@]}") ;;
  *) fail "usage: setup.sh run|test" ;;
esac

missing=()
for package in "${wanted[@]}"; do
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done

if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ]; then as_root=(); elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as_root=(sudo -n); else
    fail "these packages are missing and you may not install them: ${missing[*]}; run as root: apt-get install ${missing[*]}"
  fi
  echo "installing ${missing[*]}"
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  # No service may start by itself: the kiosk runs a scheduler of its own.
  install=(env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y --no-install-recommends "${missing[@]}")
  "${as_root[@]}" apt-get update >"$log" 2>&1 && "${as_root[@]}" "${install[@]}" >>"$log" 2>&1 ||
    { tail -n 20 "$log" >&2; fail "installing failed; see above, and check that this machine reaches a Debian mirror"; }
fi

# CUPS's own socket backend, for the second lane on the stage: unpacked beside the build products, because the whole package
# cups brings printer drivers and a service.
if ! [ -e /usr/lib/cups/backend/socket ] && ! [ -e .build/cups/usr/lib/cups/backend/socket ]; then
  echo "unpacking the backends of cups"
  folder=$(mktemp -d)
  chmod 755 "$folder"
  (cd "$folder" && apt-get download cups >log 2>&1) || { cat "$folder/log" >&2; rm -rf "$folder"
    fail "the package cups could not be downloaded; check that this machine reaches a Debian mirror (apt-get update)"; }
  mkdir -p .build/cups
  dpkg-deb --fsys-tarfile "$folder"/cups_*.deb | tar -x -C .build/cups ./usr/lib/cups/backend
  rm -rf "$folder"
fi

# Python's half of the browser test, beside the build products.
if [ "$1" = test ] && ! .build/venv/bin/python -c 'import playwright' 2>/dev/null; then
  echo "installing playwright"
  python3 -m venv .build/venv
  .build/venv/bin/pip install --quiet --disable-pip-version-check playwright ||
    fail "pip could not install playwright; check that this machine reaches a Python package index"
fi
