package org.accrete.serve;

import java.util.Locale;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Answers what Jetty itself refuses, such as a request that is no HTTP, as all else is refused. */
final class ErrorAnswers extends ErrorHandler {
    private final Json json;
    private final Refused refused;

    ErrorAnswers(Json json, Refused refused) {
        this.json = json;
        this.refused = refused;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = request.getAttribute(ERROR_EXCEPTION) instanceof HttpException known
                ? known.getCode()
                : response.getStatus();
        Answer answer = answer(status);
        refused.count("", status);
        response.setStatus(status);
        Doorkeeper.headers(response.getHeaders());
        response.getHeaders().put(answer.type());
        response.write(true, answer.body().buffer(), callback);
        return true;
    }

    private Answer answer(int status) {
        return FrontDoor.error(json, status, words(status));
    }

    private static String words(int status) {
        return switch (status) {
            case 400 -> "the request is not valid HTTP";
            case 408 -> "the request did not come in time";
            case 414 -> "the path is too long";
            case 431 -> "the headers are too long";
            case 503 -> "the server is stopping";
            default -> HttpStatus.getMessage(status).toLowerCase(Locale.ROOT);
        };
    }
}
