# shellcheck shell=bash
# Sourced by ./run, in the project's folder: installs what is missing, then builds.

say() { printf '%s\n' "run: $*" >&2; }
die() {
    say "$*"
    exit 6
}

# The packages that packages/debian.txt lists under the given headings and this machine lacks.
missing_packages() {
    local wanted=" $* " section='' package command names=()
    while read -r package command; do
        case $package in
        '' | '#'*) ;;
        '['*']') section=${package//[\[\]]/} ;;
        *)
            [[ $wanted == *" $section "* ]] || continue
            [ -n "$command" ] && command -v "$command" >/dev/null && continue
            names+=("$package")
            ;;
        esac
    done <packages/debian.txt
    [ ${#names[@]} -gt 0 ] || return 0
    local installed
    # One question for all; those it does not know at all go to its stderr and are missing too.
    installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${names[@]}" 2>/dev/null || true)
    for package in "${names[@]}"; do
        grep -qxF "installed $package" <<<"$installed" || echo "$package"
    done
}

install_packages() {
    local as_root=()
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null ||
            die "these Debian packages are missing, and there is neither root nor sudo to install them:" "$@"
        as_root=(sudo)
    fi
    say "installing Debian packages:" "$@"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive sh -c \
        'apt-get update -q && apt-get install -qy --no-install-recommends "$@"' apt "$@" >&2 ||
        die "they could not be installed, for the reason above; who may install packages here runs: apt-get install" "$@"
}

# npm_packages FOLDER: its npm packages, when the lock file is not the one they were installed from.
npm_packages() {
    local modules=$1/node_modules
    cmp -s "$1/package-lock.json" "$modules/.installed-lock" && return 0
    say "installing the npm packages of $1/package-lock.json"
    npm ci --prefix "$1" --ignore-scripts --no-audit --no-fund --loglevel=error >&2 ||
        die "npm could not install what $1/package-lock.json lists; its message is above"
    mkdir -p "$modules"
    cp "$1/package-lock.json" "$modules/.installed-lock"
}

# Debian 12's node.js is older than Playwright needs: then the tests run on one that npm carries.
newer_node() {
    [ "$(node -p 'parseInt(process.versions.node)')" -lt 20 ] || return 0
    npm_packages packages/node
    local bin
    for bin in "$PWD"/packages/node/node_modules/node-linux-*/bin; do export PATH="$bin:$PATH"; done
}

# setup SECTION…: what those sections of packages/debian.txt list, DuckDB, npm's packages for tests, and a build.
setup() {
    if command -v dpkg-query >/dev/null; then
        local missing
        mapfile -t missing < <(missing_packages "$@")
        [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
    else
        say "this is not Debian: the equivalents of packages/debian.txt must be here already"
    fi
    npm_packages packages/duckdb
    if [[ " $* " == *' test '* ]]; then
        newer_node
        npm_packages .
    fi
    local log=build/make.log
    mkdir -p build
    if ! make -q build >/dev/null 2>&1; then
        say "building"
        make -s -j"$(nproc)" build >"$log" 2>&1 || {
            cat "$log" >&2
            die "the build failed; what the compiler said is above"
        }
    fi
}
