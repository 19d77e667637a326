package dev.unifiedproxy.cli;

/** Entry point. */
public final class Main {
    private Main() {}

    /** Runs. */
    public static void main(String[] arguments) {
        System.out.println(Runtime.version());
    }
}
