package dev.unifiedproxy.github;

import dev.unifiedproxy.json.JsonValue;

import graphql.language.Argument;
import graphql.language.ArrayValue;
import graphql.language.BooleanValue;
import graphql.language.EnumValue;
import graphql.language.Field;
import graphql.language.FloatValue;
import graphql.language.IntValue;
import graphql.language.NullValue;
import graphql.language.ObjectField;
import graphql.language.ObjectValue;
import graphql.language.StringValue;
import graphql.language.Value;
import graphql.language.VariableDefinition;
import graphql.language.VariableReference;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the arguments of an operation's fields are, literally or by a variable: given, or by its
 * default. An enum's name reads as a string, as it does in the variables.
 */
final class GraphqlArguments {
    private final Map<String, JsonValue> variables;

    private GraphqlArguments(Map<String, JsonValue> variables) {
        this.variables = variables;
    }

    static GraphqlArguments of(List<VariableDefinition> definitions, JsonValue.Mapping given)
            throws GraphqlException {
        Map<String, JsonValue> values = new HashMap<>();
        GraphqlArguments literals = new GraphqlArguments(Map.of());
        for (VariableDefinition definition : definitions) {
            String name = definition.getName();
            Optional<JsonValue> value = given.member(name);
            if (value.isEmpty() && definition.getDefaultValue() != null) {
                value = literals.resolve(definition.getDefaultValue());
            }
            if (value.isPresent() && values.put(name, value.get()) != null) {
                throw new GraphqlException("a variable is defined twice");
            }
        }
        return new GraphqlArguments(Map.copyOf(values));
    }

    /** The arguments of a field by name; those that are variables without a value are left out. */
    Map<String, JsonValue> of(Field field) throws GraphqlException {
        Map<String, JsonValue> values = new HashMap<>();
        for (Argument argument : field.getArguments()) {
            Optional<JsonValue> value = resolve(argument.getValue());
            if (value.isPresent() && values.put(argument.getName(), value.get()) != null) {
                throw new GraphqlException("a field has an argument twice");
            }
        }
        return values;
    }

    private Optional<JsonValue> resolve(Value<?> value) throws GraphqlException {
        return switch (value) {
            case StringValue text -> Optional.ofNullable(text.getValue()).map(JsonValue.Text::new);
            case EnumValue name -> Optional.of(new JsonValue.Text(name.getName()));
            case BooleanValue bool -> Optional.of(new JsonValue.Bool(bool.isValue()));
            case IntValue number ->
                    Optional.of(new JsonValue.Numeric(new BigDecimal(number.getValue())));
            case FloatValue number -> Optional.of(new JsonValue.Numeric(number.getValue()));
            case NullValue none -> Optional.of(new JsonValue.Null());
            case VariableReference variable ->
                    Optional.ofNullable(variables.get(variable.getName()));
            case ArrayValue array -> Optional.of(array(array));
            case ObjectValue object -> Optional.of(object(object));
            default -> throw new GraphqlException("a value is of an unknown kind");
        };
    }

    private JsonValue array(ArrayValue array) throws GraphqlException {
        List<JsonValue> items = new ArrayList<>();
        for (Value<?> item : array.getValues()) {
            items.add(resolve(item).orElse(new JsonValue.Null()));
        }
        return new JsonValue.Sequence(items);
    }

    private JsonValue object(ObjectValue object) throws GraphqlException {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        for (ObjectField field : object.getObjectFields()) {
            Optional<JsonValue> value = resolve(field.getValue());
            if (value.isPresent() && members.put(field.getName(), value.get()) != null) {
                throw new GraphqlException("an object has a field twice");
            }
        }
        return new JsonValue.Mapping(members);
    }
}
