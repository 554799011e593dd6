# Sourced by the scripts beside it: parts of the system, installed where they are missing.

have() {
    command -v "$1" >/dev/null 2>&1
}

# Installs packages. Arguments: the names for apt-get, the names for Homebrew.
install_packages() {
    if have apt-get; then
        command="apt-get install -y --no-install-recommends $1"
        root=""
        if [ "$(id -u)" != 0 ]; then
            command="sudo $command"
            # Without a terminal sudo may not ask for a password.
            if ! have sudo || { [ ! -t 0 ] && ! sudo -n true 2>/dev/null; }; then
                echo "Missing: $1. Install it as an administrator: $command" >&2
                exit 1
            fi
            root=sudo
        fi
        echo "Installing $1 (apt-get)"
        $root env DEBIAN_FRONTEND=noninteractive apt-get update -q
        # shellcheck disable=SC2086 # a list of names
        $root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -q --no-install-recommends $1 && return
    elif have brew; then
        command="brew install $2"
        echo "Installing $2 (Homebrew)"
        # shellcheck disable=SC2086 # a list of names
        brew install $2 && return
    else
        command="your system's package manager"
    fi
    echo "Missing: $1. Install it with: $command" >&2
    exit 1
}

# need COMMAND APT-PACKAGE BREW-PACKAGE
need() {
    have "$1" || install_packages "$2" "$3"
    have "$1" || { echo "Still missing after the installation: $1" >&2; exit 1; }
}
