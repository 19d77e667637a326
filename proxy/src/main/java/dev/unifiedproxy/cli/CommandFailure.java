package dev.unifiedproxy.cli;

/** A command cannot do what it was asked: what is wrong, and what to do about it. */
final class CommandFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;
    private final String remedy;

    CommandFailure(ExitCode exitCode, String what, String remedy) {
        super(what, null, false, false);
        this.exitCode = exitCode;
        this.remedy = remedy;
    }

    /** How the process ends. */
    ExitCode exitCode() {
        return exitCode;
    }

    /** What to do, one sentence. */
    String remedy() {
        return remedy;
    }
}
