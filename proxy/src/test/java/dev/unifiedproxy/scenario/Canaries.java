package dev.unifiedproxy.scenario;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Secrets that exist in this test only, and every spelling in which one could leak. */
public final class Canaries {
    /** The value of each variable. */
    public static final Map<String, String> ENVIRONMENT =
            Map.of(
                    "ANTHROPIC_API_KEY", "sk-ant-canary/Anthropic+7f3a",
                    "GITHUB_TOKEN", "ghp_canaryGithub91c2",
                    "GOOGLE_API_KEY", "AIzaCanaryGoogle5d4e",
                    "OPENAI_API_KEY", "sk-canary-openai-b8a1",
                    "TAVILY_API_KEY", "tvly-canary-20e7",
                    "SEMANTIC_SCHOLAR_API_KEY", "s2-canary-6b19",
                    "ZHIPU_API_KEY", "zai-canary-c4d8");

    private Canaries() {}

    /** A canary by its variable. */
    public static String of(String variable) {
        return ENVIRONMENT.getOrDefault(variable, "");
    }

    /** The places where a canary stands in the text, in any spelling; none is wanted. */
    public static List<String> in(String place, String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return ENVIRONMENT.entrySet().stream()
                .flatMap(
                        secret ->
                                spellings(secret.getValue()).stream()
                                        .filter(
                                                s ->
                                                        text.contains(s)
                                                                || lower.contains(
                                                                        s.toLowerCase(Locale.ROOT)))
                                        .map(s -> secret.getKey() + " as " + s + " in " + place))
                .toList();
    }

    /** The value itself, hex, percent-encoded, and the middle of base64 in each alignment. */
    static List<String> spellings(String secret) {
        byte[] bytes = secret.getBytes(StandardCharsets.US_ASCII);
        List<String> all = new ArrayList<>();
        all.add(secret);
        all.add(new StringBuilder(secret).reverse().toString());
        all.add(HexFormat.of().formatHex(bytes));
        all.add(URLEncoder.encode(secret, StandardCharsets.US_ASCII));
        all.add(
                secret.chars()
                        .mapToObj(c -> "%" + Integer.toHexString(c))
                        .collect(Collectors.joining()));
        for (int shift = 0; shift < 3; shift++) {
            byte[] shifted = new byte[shift + bytes.length];
            System.arraycopy(bytes, 0, shifted, shift, bytes.length);
            all.add(middle(Base64.getEncoder().encodeToString(shifted), shift));
            all.add(middle(Base64.getUrlEncoder().encodeToString(shifted), shift));
        }
        return all;
    }

    /** Without the characters that depend on what stands before and behind. */
    private static String middle(String base64, int shift) {
        int end = base64.indexOf('=') < 0 ? base64.length() : base64.indexOf('=') - 1;
        return base64.substring(shift == 0 ? 0 : shift + 1, end);
    }
}
