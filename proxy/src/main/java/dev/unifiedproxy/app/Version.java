package dev.unifiedproxy.app;

/** Which version of the program runs. */
public final class Version {
    private Version() {}

    /** The version of the distribution, or {@code development} when it does not run from one. */
    public static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
