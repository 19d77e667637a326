package dev.unifiedproxy.upstream;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * How many connections one container may have under way on an event loop. A handshake costs a
 * loop's time: whoever asks for a hundred at once waits for his own, and not everybody else for
 * them. And whoever waited may find a connection that was given back meanwhile. Lives on one event
 * loop.
 */
final class DialTurns {
    /** At one time, for one container on one loop. */
    static final int MAX = 8;

    private final Map<String, Turns> byContainer = new HashMap<>();

    /** What is done in a turn. */
    interface Turn {
        /** Whether it began to dial, so that {@link #over} follows; else the turn is over. */
        boolean begin();
    }

    private static final class Turns {
        private final Deque<Turn> waiting = new ArrayDeque<>();
        private int underWay;
        private int free;
        private boolean passingOn;
    }

    /**
     * Begins the turn now, or when it is its time.
     *
     * @return gives the turn up while it waits, and does nothing afterwards
     */
    Runnable take(String containerId, Turn turn) {
        Turns turns = byContainer.computeIfAbsent(containerId, id -> new Turns());
        if (turns.underWay == MAX) {
            turns.waiting.add(turn);
            return () -> turns.waiting.remove(turn);
        }
        turns.underWay++;
        if (!turn.begin()) {
            over(containerId);
        }
        return () -> {};
    }

    /** A dial that began is over, whatever came of it: the next one may begin. */
    void over(String containerId) {
        Turns turns = byContainer.get(containerId);
        if (turns == null) {
            throw new IllegalStateException("No dial of " + containerId + " is under way");
        }
        turns.free++;
        if (!turns.passingOn) {
            passOn(turns);
            if (turns.underWay == 0) {
                byContainer.remove(containerId);
            }
        }
    }

    /** In a loop and not from turn to turn: a thousand dials may fail at once, each in its own. */
    private static void passOn(Turns turns) {
        turns.passingOn = true;
        while (turns.free > 0) {
            turns.free--;
            Turn next = turns.waiting.poll();
            if (next == null) {
                turns.underWay--;
            } else if (!next.begin()) {
                turns.free++;
            }
        }
        turns.passingOn = false;
    }
}
