package dev.unifiedproxy.app;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayDeque;
import java.util.Deque;

/** What has to be undone, last made first; each part once, and whatever the others do. */
final class Shutdown {
    private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);

    /** Undoes one part. */
    interface Step {
        void run() throws Exception;
    }

    private record Named(String name, Step step) {}

    private final Deque<Named> steps = new ArrayDeque<>();

    synchronized void add(String name, Step step) {
        steps.push(new Named(name, step));
    }

    synchronized void now() {
        while (!steps.isEmpty()) {
            Named next = steps.pop();
            try {
                next.step.run();
            } catch (Exception e) {
                LOG.error("Closing the {} failed", next.name, e);
            }
        }
    }
}
