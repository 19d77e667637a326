package dev.unifiedproxy.tls;

import java.time.Instant;

/**
 * How far the change from one authority to the next has come.
 *
 * @param oldSha256 the fingerprint of the one that goes
 * @param newSha256 the fingerprint of the one that comes
 * @param overlapEnds until when both are good; when it is over, the moment of the change
 * @param over whether the new one alone is good by now
 */
public record Rotation(String oldSha256, String newSha256, Instant overlapEnds, boolean over) {}
