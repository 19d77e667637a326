package dev.unifiedproxy.config;

import java.util.Collection;
import java.util.Optional;

/** Finds the word that somebody probably meant. */
final class Spelling {
    private static final int MAX_WORD = 100;
    private static final int MAX_SLIP = 2;

    private Spelling() {}

    /** The known word that differs in the fewest letters, when a third or less of them differ. */
    static Optional<String> nearest(String word, Collection<String> known) {
        if (word.length() > MAX_WORD) {
            return Optional.empty();
        }
        String best = "";
        int bestDistance = Integer.MAX_VALUE;
        for (String candidate : known) {
            int distance = distance(word, candidate);
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return bestDistance <= Math.max(word.length(), best.length()) / 3
                ? Optional.of(best)
                : Optional.empty();
    }

    /** Whether the word is one or two letters away from a known one. */
    static boolean isSlip(String word, Collection<String> known) {
        return word.length() <= MAX_WORD
                && known.stream().anyMatch(candidate -> distance(word, candidate) <= MAX_SLIP);
    }

    /** Levenshtein's, by rows. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
