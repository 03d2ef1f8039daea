#!/usr/bin/python3
"""Reads an OGC API Features service with OWSLib: ogc.py ADDRESS. Prints what it found as JSON."""
import json
import sys

from owslib.ogcapi.features import Features

service = Features(sys.argv[1])
pages = []
asked = {'limit': 70}
while True:
    page = service.collection_items('air', **asked)
    pages.append(page)
    following = [link for link in page['links'] if link['rel'] == 'next']
    if not following:
        break
    asked['after'] = following[0]['href'].split('after=')[1]
print(json.dumps({
    'title': service.links and service.response.get('title'),
    'conformance': service.conformance()['conformsTo'],
    'api': service.api()['openapi'],
    'collections': service.feature_collections(),
    'collection': service.collection('air')['id'],
    'pages': [[page['numberMatched'], page['numberReturned']] for page in pages],
    'ids': [feature['id'] for page in pages for feature in page['features']],
    'boxed': service.collection_items('air', bbox=[100, 10, 101, 11], limit=1)['numberMatched'],
    'timed': service.collection_items('air', datetime='2018-01-05/2018-02-03', limit=1)['numberMatched'],
    'filtered': service.collection_items('air', country='TH', limit=1)['numberMatched'],
    'item': service.collection_item('air', '17')['properties']['station'],
}))
