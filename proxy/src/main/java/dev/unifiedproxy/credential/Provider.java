package dev.unifiedproxy.credential;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * A row of the built-in provider map.
 *
 * @param host the exact name
 * @param sources the variables in the order in which they are tried
 */
record Provider(String host, List<Source> sources) {
    /** Every provider that is known without configuration. */
    static final List<Provider> BUILT_IN =
            List.of(
                    new Provider(
                            "api.anthropic.com",
                            List.of(
                                    bearer("CLAUDE_CODE_OAUTH_TOKEN"),
                                    raw("x-api-key", "ANTHROPIC_API_KEY"))),
                    new Provider("api.openai.com", List.of(bearer("OPENAI_API_KEY"))),
                    new Provider(
                            "generativelanguage.googleapis.com",
                            List.of(
                                    raw("x-goog-api-key", "GOOGLE_API_KEY"),
                                    raw("x-goog-api-key", "GEMINI_API_KEY"))),
                    new Provider("api.tavily.com", List.of(bearer("TAVILY_API_KEY"))),
                    new Provider(
                            "api.semanticscholar.org",
                            List.of(raw("x-api-key", "SEMANTIC_SCHOLAR_API_KEY"))),
                    new Provider("api.perplexity.ai", List.of(bearer("PERPLEXITY_API_KEY"))),
                    new Provider("api.z.ai", List.of(raw("x-api-key", "ZHIPU_API_KEY"))),
                    new Provider(
                            "api.github.com", List.of(bearer("GITHUB_TOKEN"), bearer("GH_TOKEN"))),
                    new Provider(
                            "uploads.github.com",
                            List.of(bearer("GITHUB_TOKEN"), bearer("GH_TOKEN"))),
                    new Provider(
                            "github.com",
                            List.of(
                                    new Source("GITHUB_TOKEN", "Authorization", Form.GIT_BASIC),
                                    new Source("GH_TOKEN", "Authorization", Form.GIT_BASIC))));

    /** How a value becomes a field value. */
    enum Form {
        /** As it is. */
        RAW,
        /**
         * <a href="https://datatracker.ietf.org/doc/html/rfc6750#section-2.1">RFC 6750 section
         * 2.1</a>.
         */
        BEARER,
        /** What GitHub documents for git over HTTPS: Basic with a fixed user name. */
        GIT_BASIC;

        String render(String value) {
            return switch (this) {
                case RAW -> value;
                case BEARER -> "Bearer " + value;
                case GIT_BASIC -> "Basic " + base64("x-access-token:" + value);
            };
        }

        private static String base64(String text) {
            return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
        }
    }

    /**
     * One variable and where its value goes.
     *
     * @param variable the name of the variable
     * @param field the name of the field
     * @param form how the value is written into the field
     */
    record Source(String variable, String field, Form form) {}

    private static Source bearer(String variable) {
        return new Source(variable, "Authorization", Form.BEARER);
    }

    private static Source raw(String field, String variable) {
        return new Source(variable, field, Form.RAW);
    }
}
