package dev.unifiedproxy.build.planted.metrics;

public class OpenClass {
    public int count() {
        return 0;
    }
}
