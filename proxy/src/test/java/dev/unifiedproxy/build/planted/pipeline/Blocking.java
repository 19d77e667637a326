package dev.unifiedproxy.build.planted.pipeline;

import io.netty.util.concurrent.Promise;

import java.util.concurrent.CompletableFuture;

final class Blocking {
    String join(CompletableFuture<String> future) {
        return future.join();
    }

    void sync(Promise<String> promise) {
        promise.syncUninterruptibly();
    }

    synchronized void lock() {}
}
