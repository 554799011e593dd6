# shellcheck shell=sh
# Sourced by the scripts beside it: parts of the system, installed where they are missing.
# All that is missing is asked for first, so that it is named, and installed, in one go.

apt_wanted="" brew_wanted=""

have() {
    command -v "$1" >/dev/null 2>&1
}

# want APT-PACKAGES BREW-PACKAGES
want() {
    apt_wanted="$apt_wanted $1" brew_wanted="$brew_wanted $2"
}

suits() {
    have "$1" && "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' \
        2>/dev/null
}

find_python() {
    for python in ${PYTHON:-} python3.11 python3.12 python3.13 python3.14 python3; do
        suits "$python" && return
    done
    return 1
}

# A Python that has been removed leaves an environment that does not run, and an
# interruption one without pip.
has_environment() {
    .venv/bin/python -c 'import pip' 2>/dev/null
}

# What bootstrap needs to make the environment.
want_python() {
    if has_environment; then
        return
    elif ! find_python; then
        want "python3 python3-venv" python@3.13
    # Debian keeps ensurepip in a package of its own.
    elif ! "$python" -c 'import ensurepip' 2>/dev/null; then
        version=$("$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
        want "$version-venv" python@3.13
    fi
}

want_poppler() {
    have pdftoppm || want poppler-utils poppler
}

# The second OCR engine's data; its library comes with .venv.
has_tesseract_data() {
    for place in "${TESSDATA_PREFIX:-}" /usr/share/tesseract-ocr/5/tessdata \
        /usr/share/tessdata /usr/local/share/tessdata /opt/homebrew/share/tessdata; do
        [ ! -f "$place/eng.traineddata" ] || [ ! -f "$place/osd.traineddata" ] || return 0
    done
    return 1
}

want_tesseract() {
    has_tesseract_data || want "tesseract-ocr-eng tesseract-ocr-osd" tesseract
}

missing() {
    echo "Missing:$apt_wanted. $1" >&2
    exit 1
}

install_wanted() {
    [ -n "$apt_wanted" ] || return 0
    if have apt-get; then
        install_with_apt
    elif have brew; then
        echo "Installing$brew_wanted (Homebrew)"
        # shellcheck disable=SC2086 # a list of names
        brew install $brew_wanted || missing "Install them with: brew install$brew_wanted"
    else
        missing "Install them with your system's package manager (on macOS: brew.sh)."
    fi
    apt_wanted="" brew_wanted=""
}

install_with_apt() {
    install="apt-get install -y --no-install-recommends$apt_wanted"
    root=""
    if [ "$(id -u)" != 0 ]; then
        have sudo || missing "As root: apt-get update && $install"
        # Without a terminal sudo may not ask for a password.
        [ -t 0 ] || sudo -n true 2>/dev/null ||
            missing "Run: sudo apt-get update && sudo $install"
        root="sudo"
    fi
    echo "Installing$apt_wanted (apt-get)"
    # An old list of packages may still do.
    $root env DEBIAN_FRONTEND=noninteractive apt-get update -q || true
    # shellcheck disable=SC2086 # a list of names
    $root env DEBIAN_FRONTEND=noninteractive $install -q ||
        missing "apt-get could not install them; its message is above."
}
