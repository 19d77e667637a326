package dev.unifiedproxy.build.planted.host;

final class EnvironmentReader {
    String home() {
        return System.getenv().getOrDefault("HOME", "");
    }
}
