package dev.unifiedproxy.control;

import java.time.Instant;

/**
 * What became of a rotation.
 *
 * @param oldSha256 the fingerprint of the authority that goes
 * @param newSha256 the fingerprint of the one that comes
 * @param overlapEnds until when both are good
 * @param over whether the new one alone is good by now
 */
public record RotatedAuthority(
        String oldSha256, String newSha256, Instant overlapEnds, boolean over) {}
