package dev.unifiedproxy.cli;

/** How a command ended, with the numbers of sysexits.h that scripts rely on. */
enum ExitCode {
    /** Done. */
    OK(0),
    /** The proxy said no, or an expectation does not hold. */
    REFUSED(1),
    /** The policy would refuse the request that was asked about. */
    DENIED(3),
    /** The command line cannot be understood. */
    USAGE(64),
    /** No proxy is running where the command looked. */
    NOT_RUNNING(69),
    /** A setting, a file or the machine is not as it must be. */
    CONFIGURATION(78);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    /** The process's exit status. */
    int number() {
        return number;
    }
}
