package dev.unifiedproxy.build.planted.registry;

final class Sleeper {
    void pause() throws InterruptedException {
        Thread.sleep(1);
    }
}
