package dev.unifiedproxy.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

import java.util.List;

/** The parts of which the command tree is made, all alike: help with examples in every command. */
final class Commands {
    private static final int HELP_WIDTH = 100;

    private Commands() {}

    /** A command that does something. */
    static CommandSpec leaf(
            String name, String description, Invocation.Action action, String... examples) {
        return described(CommandSpec.wrapWithoutInspection(action), name, description, examples)
                .addOption(
                        text("--run-dir", "DIR", "The proxy's run directory; PROXY_RUN_DIR else."));
    }

    /** A command that only has others below it. */
    static CommandSpec group(String name, String description, String... examples) {
        return described(CommandSpec.create(), name, description, examples);
    }

    private static CommandSpec described(
            CommandSpec spec, String name, String description, String... examples) {
        spec.name(name).usageMessage().width(HELP_WIDTH).autoWidth(false);
        spec.usageMessage().description(description.replace("%", "%%"));
        spec.usageMessage().footerHeading("%nExamples:%n");
        String[] lines = new String[examples.length];
        for (int i = 0; i < examples.length; i++) {
            lines[i] = "  " + examples[i].replace("%", "%%");
        }
        spec.usageMessage().footer(lines);
        return spec.addOption(
                OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("This help.")
                        .build());
    }

    /** An option with a text. */
    static OptionSpec text(String name, String label, String description) {
        return OptionSpec.builder(name)
                .paramLabel(label)
                .type(String.class)
                .description(description)
                .build();
    }

    /** An option with a text that has to be given. */
    static OptionSpec required(String name, String label, String description) {
        return OptionSpec.builder(text(name, label, description)).required(true).build();
    }

    /** An option that may be given several times. */
    static OptionSpec repeated(String name, String label, String description) {
        return OptionSpec.builder(name)
                .paramLabel(label)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .description(description)
                .build();
    }

    /** An option without a value. */
    static OptionSpec flag(String name, String description) {
        return OptionSpec.builder(name)
                .arity("0")
                .type(boolean.class)
                .description(description)
                .build();
    }

    /** The flag for programs. */
    static OptionSpec json() {
        return flag("--json", "JSON for programs, with the field names of the control API.");
    }

    /** The one positional argument. */
    static PositionalParamSpec container() {
        return PositionalParamSpec.builder()
                .index("0")
                .arity("1")
                .required(true)
                .paramLabel("CONTAINER")
                .type(String.class)
                .description("The container's name.")
                .build();
    }
}
