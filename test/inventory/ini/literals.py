"""Writes down what Python makes of each line of literals.txt: the value, `text` for none, or `wrong` for what JSON cannot hold."""
import ast, json, pathlib, warnings

warnings.simplefilter('ignore')
here = pathlib.Path(__file__).parent


def held(value):
    if isinstance(value, (set, bytes, complex)):
        raise TypeError
    if isinstance(value, (list, tuple)):
        return [held(item) for item in value]
    if isinstance(value, dict):
        if any(isinstance(key, (tuple, bytes)) for key in value):
            raise TypeError
        return {key if isinstance(key, str) else json.dumps(key): held(item) for key, item in value.items()}
    if isinstance(value, int) and abs(value) > 2**53 - 1 or value in (float('inf'), float('-inf')):
        raise TypeError
    return value


def outcome(text):
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return ['text']
    try:
        return ['value', held(value)]
    except TypeError:
        return ['wrong']


lines = (here / 'literals.txt').read_text().split('\n')
rows = [json.dumps([line, *outcome(line)], ensure_ascii=True) for line in lines]
(here / 'literals.json').write_text('[\n' + ',\n'.join(rows) + '\n]\n')
