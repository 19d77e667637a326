package dev.unifiedproxy.control;

import dev.unifiedproxy.identity.MetadataJson;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.time.Duration;

/** Reads how long a rotation's overlap is to be; without a word, a week. */
final class RotationParser {
    static final Duration DEFAULT_OVERLAP = Duration.ofDays(7);
    static final Duration LONGEST_OVERLAP = Duration.ofDays(90);

    private static final JsonMapper MAPPER = MetadataJson.mapper(MetadataJson.MAX_DEPTH);

    private RotationParser() {}

    /**
     * Reads it.
     *
     * @throws RejectedRequestException with status 400 when there is no such overlap
     */
    static Duration overlap(byte[] body) throws RejectedRequestException {
        if (body.length == 0) {
            return DEFAULT_OVERLAP;
        }
        JsonNode seconds = object(body).path("overlap_seconds");
        if (seconds.isMissingNode()) {
            return DEFAULT_OVERLAP;
        }
        if (!seconds.isIntegralNumber()
                || !seconds.canConvertToLong()
                || seconds.longValue() < 0
                || seconds.longValue() > LONGEST_OVERLAP.toSeconds()) {
            throw new RejectedRequestException(
                    400,
                    "Invalid overlap_seconds",
                    "overlap_seconds must be a whole number from 0 to "
                            + LONGEST_OVERLAP.toSeconds());
        }
        return Duration.ofSeconds(seconds.longValue());
    }

    private static JsonNode object(byte[] body) throws RejectedRequestException {
        try {
            JsonNode root = MAPPER.readTree(body);
            if (root != null && root.isObject()) {
                return root;
            }
        } catch (JacksonException e) {
            throw invalid();
        }
        throw invalid();
    }

    private static RejectedRequestException invalid() {
        return new RejectedRequestException(
                400, "Invalid request", "Request body must be valid JSON");
    }
}
