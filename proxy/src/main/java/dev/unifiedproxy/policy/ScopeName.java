package dev.unifiedproxy.policy;

/**
 * Whose rules they are, and where a person finds them.
 *
 * @param tier 0 for a container, 1 for its group, 2 for everybody; lower ones are asked first
 * @param own whether they came with the registration, behind what the file says of the container
 * @param path such as {@code containers.sandbox-1.rules}
 */
record ScopeName(int tier, boolean own, String path) {
    /** The rules for everybody. */
    static final ScopeName GLOBAL = new ScopeName(2, false, "rules");

    /** What the file says of one container. */
    static ScopeName container(String id) {
        return new ScopeName(0, false, "containers." + id + ".rules");
    }

    /** What a registration says of its container. */
    static ScopeName registration(String id) {
        return new ScopeName(0, true, "registration of " + id);
    }

    /** What the file says of a group. */
    static ScopeName group(String name) {
        return new ScopeName(1, false, "groups." + name + ".rules");
    }

    /**
     * The order of a rule among all rules that a container is under: scope, then priority from high
     * to low, then the order of the file.
     */
    long rank(int priority, int index) {
        long order = tier * 128L + (100 - priority);
        return ((order << 1) + (own ? 1 : 0)) << 32 | index;
    }
}
