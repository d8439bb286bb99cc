package org.accrete.it;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.RecordReader;
import org.accrete.api.data.RecordSource;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Reads files with one JSON object per line, such as {@code {"distance": 430, "carrier": "AA"}}. */
public final class JsonLines implements ChunkSourceProvider {
    private static final JsonFactory JSON = new JsonFactory();

    @Override
    public String name() {
        return "json-lines";
    }

    @Override
    public String summary() {
        return "files with one JSON object per line";
    }

    @Override
    public List<ParamSpec<?>> params() {
        return List.of();
    }

    @Override
    public Set<String> endings() {
        return Set.of("jsonl");
    }

    @Override
    public ChunkSource open(SourceRequest request, Params params) {
        return new RecordSource(request, RecordReader.lines(request.location(), JsonLines::parse));
    }

    private static Map<String, String> parse(String line) {
        Map<String, String> record = new LinkedHashMap<>();
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), line)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw AccreteException.badData("the line must be a JSON object");
            }
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = json.currentName();
                if (!json.nextToken().isScalarValue()) {
                    throw AccreteException.badData("'" + name + "' must be a text, a number, true, false or null");
                }
                record.put(name, json.getValueAsString());
            }
        } catch (JacksonException e) {
            throw AccreteException.badData("the line must be a JSON object: " + e.getOriginalMessage());
        }
        return record;
    }
}
