"""Makes calls that are told on standard input, a JSON object a line, and tells on standard output what came of each."""
import json
import sys


def answer_calls(call, describe):
    """call(method, params) gives a dict, or an iterator of them; describe(exception) says what matters of one that it raises."""
    for line in sys.stdin:
        told = json.loads(line)
        answer = {"replies": []}
        try:
            reply = call(told["method"], told["params"])
            for each in [reply] if isinstance(reply, (dict, list)) else reply:
                answer["replies"].append(each)
        except Exception as error:
            answer["error"] = {"type": type(error).__name__, **describe(error)}
        print(json.dumps(answer), flush=True)
