package dev.unifiedproxy.listener;

/** A connection from a sandbox, whatever it speaks, as the stop of the proxy sees it. */
interface EdgeConnection {
    /** No further exchange begins; when those in progress are over, the connection closes. */
    void drain();

    /** How many exchanges are in progress; may be asked on any thread. */
    int exchangesInProgress();
}
