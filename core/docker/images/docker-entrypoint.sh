#!/bin/sh
set -e
if [ "$1" = nginx ] || [ "$1" = nginx-debug ]; then
    echo "$0: /docker-entrypoint.d/ is not empty, will attempt to perform configuration"
    echo "$0: Looking for shell scripts in /docker-entrypoint.d/"
    for script in /docker-entrypoint.d/*; do
        case "$script" in
            *.envsh)
                echo "$0: Sourcing $script"
                . "$script" ;;
            *.sh)
                echo "$0: Launching $script"
                "$script" ;;
            *) echo "$0: Ignoring $script" ;;
        esac
    done
    echo "$0: Configuration complete; ready for start up"
fi
exec "$@"
